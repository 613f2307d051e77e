"""Tables for a terminal."""

import numpy as np

from annopipe.cli.table import Line, columns, table, visible


def _lines(*tokens: str) -> list[Line]:
    return [Line(token, 0, len(token) - 1, np.ones(8, np.float32)) for token in tokens]


def test_columns_line_up_whatever_the_characters() -> None:
    rows = table(_lines("a", "北京", "e\u0301te", "longer")).splitlines()
    assert len({columns(row) for row in rows}) == 1


def test_short_vectors_are_shown_whole() -> None:
    assert "…" not in table([Line("a", 0, 0, np.ones(3, np.float32))])


def test_control_characters_are_escaped_and_giants_shortened() -> None:
    assert visible("a\x1b[2Jb\u202e") == r"a\x1b[2Jb\u202e"
    giant = visible("x" * 1_000_000)
    assert len(giant) < 41
    assert "…" in giant


def test_no_tokens() -> None:
    assert table([]) == "(no tokens)"
