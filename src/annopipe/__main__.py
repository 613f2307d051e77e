"""``python -m annopipe``: the command line without an installed script."""

import sys

from annopipe.interrupts import at_once

with at_once():
    from annopipe.cli import main

if __name__ == "__main__":
    sys.exit(main())
