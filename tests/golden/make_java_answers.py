"""Write ``java_answers.jsonl``: what Java 17's ``java.util.regex`` answers to the cases of ``java_cases.py``.

python tests/golden/make_java_answers.py        (needs ``java`` 17 on the path)
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from java_cases import cases

HERE = Path(__file__).parent


def encoded(text: str) -> str:
    return text.encode("utf-16-be").hex()


def answer(line: str) -> dict[str, Any]:
    first, second, *third = line.split("\t")
    if first == "error":
        return {"error": third[0], "index": int(second)}
    matches = [
        [[int(place) for place in group.split(":")] for group in one.split(",")] for one in first.split(";") if one
    ]
    parts = [bytes.fromhex(part).decode("utf-16-be") for part in second.split(";")[:-1]]
    return {"matches": matches, "split": parts}


def main() -> None:
    asked = cases()
    lines = "".join(f"{encoded(pattern)}\t{encoded(text)}\n" for pattern, text in asked)
    command = ["java", str(HERE / "JavaAnswers.java")]
    told = subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    with (HERE / "java_answers.jsonl").open("w", encoding="ascii", newline="\n") as out:
        for (pattern, text), line in zip(asked, told, strict=True):
            out.write(json.dumps({"pattern": pattern, "text": text, **answer(line)}) + "\n")


if __name__ == "__main__":
    main()
