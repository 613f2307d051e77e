"""Make the peers' environments, each by itself: ``python benchmarks/peer_environments.py FOLDER``.

With ``uv`` on the path it makes them, else ``venv`` and ``pip``. Spark NLP needs Java 17 and Maven besides, annopipe on
Apache Spark needs Java. What does not install is told and left out of the contest; run again, only what is missing is
made. ``FOLDER/environments.json`` holds what came of it.
"""

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
RECORD = "environments.json"
MAVEN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
OURS = str(HERE.parent)


@dataclass(frozen=True)
class Environment:
    """What is installed, and the module whose import shows that it is there."""

    name: str
    packages: list[str]
    shows: str
    jars: bool = False
    options: list[str] = field(default_factory=list)


def environments(torch_index: str | None) -> list[Environment]:
    """All environments; ``torch_index`` is where torch comes from (its wheels for processors alone are smaller)."""
    torch = ["--extra-index-url", torch_index] if torch_index else []
    return [
        Environment("annopipe", [OURS], "annopipe"),
        Environment("annopipe-frames", [f"{OURS}[pandas]"], "annopipe"),
        Environment("annopipe-sail", [f"{OURS}[sail]"], "pysail"),
        Environment("annopipe-spark", [f"{OURS}[spark]"], "pyspark"),
        Environment("spark-nlp", ["spark-nlp==5.5.3", "pyspark==3.5.3", "numpy<2", "setuptools<80"], "sparknlp", True),
        Environment("hugging-face", ["torch", "transformers", "sentencepiece", "onnx"], "transformers", options=torch),
        Environment(
            "hugging-face-spark",
            ["pyspark>=4", "pandas>=2.2,<3", "pyarrow", "setuptools", "torch", "transformers", "sentencepiece"],
            "pyspark",
            options=torch,
        ),
        Environment(
            "sentence-transformers", ["sentence-transformers", "sentencepiece"], "sentence_transformers", options=torch
        ),
        Environment("flair", ["flair", "sentencepiece"], "flair", options=torch),
        Environment("onnxruntime", ["onnxruntime", "tokenizers", "numpy"], "onnxruntime"),
        Environment("openvino", ["openvino", "tokenizers", "numpy"], "openvino"),
    ]


def python_of(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def make(environment: Environment, folder: Path) -> str:
    """Make one environment if it is not there; return what went wrong, or nothing."""
    place = folder / environment.name
    python = python_of(place)
    if not python.exists():
        _run(_venv(place))
    ours = environment.name.startswith("annopipe")  # made anew each time: the code may have changed
    commands = [] if _imports(python, environment.shows) and not ours else [_install(python, environment)]
    jars = place / "jars"
    if environment.jars and not any(jars.glob("*.jar")):
        pom = HERE / "contest" / "spark_nlp.pom.xml"
        commands.append(["mvn", "-q", "-f", str(pom), MAVEN, f"-DoutputDirectory={jars}"])
    for command in commands:
        if said := _run(command):
            return said
    return "" if _imports(python, environment.shows) else f"{environment.shows} does not import"


def _venv(place: Path) -> list[str]:
    uv = shutil.which("uv")
    return (
        [uv, "venv", "-q", "--python", sys.executable, str(place)] if uv else [sys.executable, "-m", "venv", str(place)]
    )


def _install(python: Path, environment: Environment) -> list[str]:
    uv = shutil.which("uv")
    start = [str(python), "-m", "pip", "install", "-q"]
    if uv:
        start = [uv, "pip", "install", "-q", "--python", str(python), "--reinstall-package", "annopipe"]
    return [*start, *environment.options, *environment.packages]


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as lacking:
        return str(lacking)
    said = f"{done.stdout}{done.stderr}".strip()[-500:]
    return (said or f"{command[0]} ended with {done.returncode}") if done.returncode else ""


def _imports(python: Path, module: str) -> bool:
    done = subprocess.run([str(python), "-W", "ignore", "-c", f"import {module}"], capture_output=True, check=False)
    return done.returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the environments go; some 20 GB with torch for CUDA")
    parser.add_argument("--only", nargs="*", help="names of environments; default: all")
    parser.add_argument("--torch-index", help="an index with torch for processors alone")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    record = given.folder / RECORD
    found = json.loads(record.read_text("utf-8")) if record.exists() else {}
    for environment in environments(given.torch_index):
        if given.only and environment.name not in given.only:
            continue
        found[environment.name] = make(environment, given.folder.resolve())
        print(f"{environment.name}: {found[environment.name] or 'ready'}", flush=True)
        record.write_text(json.dumps(found, indent=1), "utf-8")


if __name__ == "__main__":
    main()
