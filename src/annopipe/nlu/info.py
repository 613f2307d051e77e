"""The parameters of a pipe's components as code to copy, in NLU's form."""

from collections.abc import Iterator, Mapping

from annopipe.annotators.stage import Transformer

HEAD = "The following parameters are configurable for this NLU pipeline (You can copy paste the examples) :"
_WIRING = frozenset({"inputCol", "inputCols", "outputCol", "outputCols", "lazyAnnotator"})


def info(pipe: Mapping[str, Transformer]) -> str:
    """Return a line a parameter that has a value: how to set it, what it means, what it is."""
    lines = [HEAD]
    for key, stage in pipe.items():
        settings = list(_settings(key, stage))
        width = max((len(code) for code, _, _ in settings), default=0)
        lines.append(f">>> component_list[{key!r}] has settable params:")
        lines += [f"{code.ljust(width)} | Info: {doc} | Currently set to : {value}" for code, doc, value in settings]
    return "\n".join(lines)


def _settings(key: str, stage: Transformer) -> Iterator[tuple[str, str, object]]:
    for param in stage.params:
        if param.name not in _WIRING and stage.isDefined(param):
            value = stage.getOrDefault(param)
            setter = f"set{param.name[0].upper()}{param.name[1:]}"
            yield f"component_list[{key!r}].{setter}({value!r})", param.doc, value
