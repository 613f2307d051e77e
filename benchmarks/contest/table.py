"""The table of a contest in Markdown."""

from typing import Any

from contest.corpora import EQUAL_TEXTS, MIXES
from contest.equality import BOUND
from contest.roster import YARDSTICK

Results = dict[str, Any]


def markdown(results: Results) -> str:
    """Return the whole report."""
    parts = [_facts(results), _rates(results), _equality(results), _whole(results), _absent(results)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _rows(head: list[str], rows: list[list[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *rows])


def _facts(results: Results) -> str:
    lines = [f"* {name}: {fact}" for name, fact in results["facts"].items()]
    lines += [f"* {name}: {one['texts']} texts, {one['pieces']} pieces" for name, one in results["texts"].items()]
    return "\n".join(lines)


def _rates(results: Results) -> str:
    corpora = [name for name in (*MIXES, EQUAL_TEXTS) if name in results["texts"]]
    head = ["pieces/s (× as fast is the pipeline)", *corpora, "one short text, ms"]
    rows = []
    for seat in results["seats"]:
        cells = [_rate(seat["rates"].get(name), seat["name"]) for name in corpora]
        one = seat.get("latency_ms")
        rows.append([seat["name"], *cells, f"{one['median']:.1f} ±{one['spread'] / 2:.0%}" if one else ""])
    note = (
        "Medians of rounds in which all took turns; ± is half of the middle half. In brackets: rate of "
        f"“{YARDSTICK}” over the line's, median of the same rounds. With texts that are mostly equal only annopipe's "
        "bulk job computes each once. One short text goes through LightPipeline where there is one, without a job."
    )
    return f"{_rows(head, rows)}\n\n{note}"


def _rate(found: Any, name: str) -> str:
    if found is None:
        return ""
    ratio = "" if name == YARDSTICK or not found.get("pipeline_over") else f" ({found['pipeline_over']['median']:.2f})"
    return f"{found['rate']['median']:,.0f} ±{found['rate']['spread'] / 2:.0%}{ratio}"


def _equality(results: Results) -> str:
    head = [
        "vectors beside transformers', one text at a time",
        "of",
        "plain: largest",
        "mixed: share apart",
        "lowest cosine",
    ]
    rows, causes = [], []
    for seat in results["seats"]:
        if not seat.get("equality"):
            continue
        plain, mixed = seat["equality"]["plain"], seat["equality"]["sample"]
        marked = ""
        if mixed["share"] and seat["cause"]:
            if seat["cause"] not in causes:
                causes.append(seat["cause"])
            marked = f" [{causes.index(seat['cause']) + 1}]"
        rows.append(
            [
                seat["name"] + marked,
                seat["kind"],
                f"{plain['largest']:.1e}",
                f"{mixed['share']:.1%}",
                f"{mixed['cosine']:.3f}",
            ]
        )
    notes = [f"[{number}] {cause}." for number, cause in enumerate(causes, 1)]
    told = (
        f"Apart: some number of a vector differs by more than {BOUND:g}. “Plain” are texts of common words and of one "
        "length, where nobody pads and all encode the same ids; “mixed” are the first mixed sentences."
    )
    return "\n\n".join([_rows(head, rows), told, *notes]) if rows else ""


def _whole(results: Results) -> str:
    head = ["", "process start to first vector, s", "to the end of a job of one row, s"]
    head += ["peak memory, MB", "of it a Python worker", "installed, MB", "of it CUDA", "versions"]
    rows = []
    for seat in results["seats"]:
        whole = seat.get("whole")
        if whole:
            told = [whole["memory"], whole.get("worker"), whole["installed"], whole["cuda"]]
            sizes = ["" if size is None else f"{size / 1e6:,.0f}" for size in told]
            job = f"{whole['job']['median']:.2f}" if whole.get("job") else ""
            rows.append([seat["name"], f"{whole['start']['median']:.2f}", job, *sizes, seat["versions"]])
    note = (
        "The first vector is that of one text, through LightPipeline where there is one; a job reads a Parquet file. "
        "Starts and memory (first vector, then the mixed sentences once; of the process and all below it) in processes "
        "of their own; the model's files not counted in the size."
    )
    return f"{_rows(head, rows)}\n\n{note}" if rows else ""


def _absent(results: Results) -> str:
    lines = [f"* {name}: {' '.join(reason.split())[-300:]}" for name, reason in results["absent"].items()]
    return "Not taking part:\n\n" + "\n".join(lines) if lines else ""
