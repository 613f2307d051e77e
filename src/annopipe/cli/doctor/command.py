"""The command: the report as text or JSON."""

import argparse
import json
from collections.abc import Callable
from typing import Any, Final

from annopipe.cli.doctor.machine import extras, processor, versions
from annopipe.cli.doctor.models import hub, models, self_test
from annopipe.cli.doctor.section import Section
from annopipe.cli.doctor.spark import spark

_DESCRIPTION: Final = """\
Report the versions of annopipe and what it stands on, the extras, the processor, the models on this machine, and a
self-test of one to two seconds on the bundled model. Nothing is sent anywhere and nothing is changed.
"""
_EPILOG: Final = "exit code: 0 all is well, 1 a fault was found (marked FAULT, with its repair)"


def add_to(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "doctor", help="what is installed, and a self-test", description=_DESCRIPTION, epilog=_EPILOG, parents=[shared]
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the report; 1 if anything is wrong."""
    if options.json:
        sections = [make() for make in SECTIONS]
        print(json.dumps({section.name: section.as_json() for section in sections}, indent=1, ensure_ascii=False))
        return int(any(section.faults for section in sections))
    faults = 0
    for make in SECTIONS:
        section = make()
        faults += len(section.faults)
        print("\n".join(section.lines()), end="\n\n", flush=True)
    print("all is well" if not faults else f"faults found: {faults}")
    return int(faults > 0)


SECTIONS: Final[tuple[Callable[[], Section], ...]] = (versions, extras, processor, models, hub, spark, self_test)
