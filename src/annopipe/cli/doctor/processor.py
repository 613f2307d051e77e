"""The processor: what computes, and how much of it may be used."""

import os
import platform
from pathlib import Path
from typing import Final

from annopipe.albert.threads import thread_count
from annopipe.cli.doctor.section import Section

CPUINFO: Final = Path("/proc/cpuinfo")
FAST: Final = ("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "sve", "bf16")


def processor() -> Section:
    """Return name, cores and the instructions that matter here."""
    entries = _first_entry(CPUINFO)
    flags = entries.get("flags") or entries.get("Features")
    facts = {
        "name": entries.get("model name") or platform.processor() or platform.machine(),
        "processors": os.cpu_count(),
        "usable threads": thread_count(),
        "instructions": None if flags is None else [flag for flag in FAST if flag in flags.split()],
    }
    return Section("processor", facts)


def _first_entry(path: Path) -> dict[str, str]:
    """Read what Linux tells of the first processor; nothing elsewhere."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    lines = text.split("\n\n", 1)[0].splitlines()
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
