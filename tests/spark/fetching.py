"""Commands that fetch Java packages: a test skips where nobody answers, and fails where a package is not there."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

UNREACHABLE = re.compile(
    r"Could not transfer|No plugin found for prefix 'dependency'|offline mode|Server access error|Host \S+ not found"
)
"""What Maven and Spark's Ivy say of a server that they cannot reach."""


def fetched(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a command in a folder and return what it printed; the test is skipped where packages cannot be fetched."""
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode and UNREACHABLE.search(done.stdout + done.stderr):
        pytest.skip(f"packages for the JVM cannot be fetched: {command[0]} reaches no server of them")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
