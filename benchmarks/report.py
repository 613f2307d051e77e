"""One table of figures on the screen, and the same as JSON under ``results/``."""

import json
import os
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from race import Figure

RESULTS = Path(__file__).parent / "results"
AT_LEAST, AT_MOST = "≥", "≤"


@dataclass(frozen=True)
class Row:
    """One figure: its name, median, unit, spread of the middle half, and the goal if it has one."""

    name: str
    value: float
    unit: str = "×"
    spread: float = 0.0
    bound: str = ""
    goal: float | None = None

    @classmethod
    def of(cls, name: str, figure: Figure, unit: str = "×", bound: str = "", goal: float | None = None) -> "Row":
        return cls(name, figure.median, unit, figure.spread, bound, goal)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.bound == AT_LEAST else self.value <= self.goal


def machine(threads: int) -> dict[str, str]:
    """What the figures were measured on."""
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return {
        "processor": _processor(),
        "system": platform.platform(),
        "threads": str(threads),
        "load": load,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "onnxruntime": onnxruntime.__version__,
        "time": time.strftime("%Y-%m-%d %H:%M"),
    }


def vectors() -> str:
    """The widest vectors that the processor computes on, where the system tells: ``avx512f``, ``avx2``, or empty."""
    flags = _processor_facts().get("flags", "").split()
    return next((name for name in ("avx512f", "avx2", "avx") if name in flags), "")


def _processor() -> str:
    """Name of the processor, its vectors and number."""
    name = _processor_facts().get("model name") or platform.processor() or platform.machine()
    return f"{name} ({vectors() or platform.machine()}, {os.cpu_count()} processors)"


def _processor_facts() -> dict[str, str]:
    """What Linux says of its last processor; nothing elsewhere."""
    info = Path("/proc/cpuinfo")
    if not info.is_file():
        return {}
    lines = (line.split(":", 1) for line in info.read_text().splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in lines}


def show(title: str, facts: dict[str, str], rows: list[Row]) -> None:
    """Print the table."""
    print(f"\n{title}")
    for name, fact in facts.items():
        print(f"  {name}: {fact}")
    width = max(len(row.name) for row in rows)
    print(f"\n{'':{width}}  {'median':>12}  {'middle half':>11}  goal")
    for row in rows:
        goal = "" if row.goal is None else f"{row.bound} {row.goal:g}  {'met' if row.met else 'NOT MET'}"
        value = f"{row.value:,.3f} {row.unit}" if row.unit == "×" else f"{row.value:,.1f} {row.unit}"
        print(f"{row.name:{width}}  {value:>12}  {'±' + format(row.spread / 2, '.1%'):>11}  {goal}")


def save(name: str, facts: dict[str, str], rows: list[Row]) -> Path:
    """Write the table as JSON; gives the file."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.json"
    path.write_text(json.dumps({"machine": facts, "rows": [asdict(row) for row in rows]}, indent=1, ensure_ascii=False))
    return path
