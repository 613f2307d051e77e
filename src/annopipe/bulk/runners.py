"""Runners of bulk jobs that name a server: one for each scheme of addresses, joined by the engine's side."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from annopipe.errors import ParamValueError

if TYPE_CHECKING:
    from annopipe.bulk.job import Job
    from annopipe.bulk.report import Report

Runner: TypeAlias = "Callable[[Job, str], Report]"

_runners: Final[dict[str, Runner]] = {}


def join(scheme: str, runner: Runner) -> None:
    """Let a runner carry out jobs whose ``remote`` begins with ``scheme``."""
    _runners[scheme] = runner


def runner_of(remote: str) -> Runner:
    """Return the runner for an address.

    Raises:
        ParamValueError: no runner takes addresses of this scheme.
    """
    for scheme, runner in _runners.items():
        if remote.startswith(scheme):
            return runner
    msg = f"remote {remote!r} is not an address of a Spark Connect or Sail server: write sc://host:port"
    raise ParamValueError(msg)
