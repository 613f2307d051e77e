"""The chart of a contest: one panel a mix of lengths, one bar a seat."""

from pathlib import Path
from typing import Any

from contest.corpora import MIXES

COLOURS = {"ours": "#1b6ca8", "default": "#8a8f98", "tuned": "#c3c7cd", "ceiling": "#f0e2c0"}
LEGEND = {"ours": "annopipe", "default": "peer, as it comes", "tuned": "peer, tuned", "ceiling": "ceiling"}


def draw(results: dict[str, Any], path: Path) -> None:
    """Write the picture; needs matplotlib."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.patches import Patch

    seats = list(reversed(results["seats"]))
    figure, panels = plt.subplots(1, len(MIXES), figsize=(14, 0.32 * len(seats) + 1.6), sharey=True)
    for panel, mix in zip(panels, MIXES, strict=True):
        for place, seat in enumerate(seats):
            found = seat["rates"].get(mix)
            if found is None:
                continue
            rate = found["rate"]["median"]
            panel.barh(place, rate, color=COLOURS[seat["role"]], height=0.75)
            panel.text(rate, place, f" {rate:,.0f}", va="center", fontsize=8)
        panel.set_title(mix, fontsize=11)
        panel.set_xlabel("pieces a second")
        panel.spines[["top", "right"]].set_visible(False)
        panel.margins(x=0.16)
    panels[0].set_yticks(range(len(seats)), [seat["name"] for seat in seats], fontsize=9)
    patches = [Patch(color=COLOURS[role], label=LEGEND[role]) for role in COLOURS]
    figure.legend(handles=patches, loc="lower center", ncols=4, frameon=False, fontsize=9)
    figure.tight_layout(rect=(0, 0.045, 1, 1))
    figure.savefig(path, dpi=130)
    plt.close(figure)
