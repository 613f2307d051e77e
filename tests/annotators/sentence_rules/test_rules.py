"""Each default rule, on texts of its own."""

import pytest

from annopipe.annotators.sentence_rules import SentenceRules, SentenceSettings

DEFAULT = SentenceRules()


def sentences(text: str, rules: SentenceRules = DEFAULT) -> list[str]:
    return [text[begin:end] for begin, end in rules.split(text)]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("no end", ["no end"]),
        ("One line\nand another\n\nand more", ["One line\nand another\n\nand more"]),
        ("It rained. It stopped.", ["It rained.", "It stopped."]),
        ("tea; coffee;milk", ["tea;", "coffee;", "milk"]),
        ("salt &amp; pepper", ["salt &amp;", "pepper"]),
        ("..", [".", "."]),
        (" .x", [".", "x"]),
        ("Stop.Go", ["Stop.Go"]),
        ("caf\u00e9.Bar", ["caf\u00e9.", "Bar"]),
        ("\u6587.a", ["\u6587.", "a"]),
        ("Fin\u3002 Oui\uff01 Si\uff1f Da\u2026 No\u203d Ja", ["Fin\u3002 Oui\uff01 Si\uff1f Da\u2026 No\u203d Ja"]),
        ("\x00 a. \x1f b \x7f", ["a.", "b \x7f"]),
        ("\u00a0a.\u00a0 b", ["\u00a0a.", "\u00a0 b"]),
    ],
)
def test_stops_and_semicolons_end_sentences(text: str, want: list[str]) -> None:
    assert sentences(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Who? Me! Really?! Yes", ["Who?", "Me!", "Really?!", "Yes"]),
        ("he said! loudly", ["he said!", "loudly"]),
        ("what?ever", ["what?ever"]),
        ("a ! b", ["a ! b"]),
        ("a !! b", ["a !!", "b"]),
        ("a!$5 b", ["a!", "$5 b"]),
        ("? a", ["? a"]),
        ("so!\u00a0then", ["so!\u00a0then"]),
    ],
)
def test_questions_and_cries(text: str, want: list[str]) -> None:
    assert sentences(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("So... Then", ["So...", "Then"]),
        ("So...\n  Then", ["So...", "Then"]),
        ("So... then", ["So.", ".", ".", "then"]),
        ("So.... Then", ["So.", "...", "Then"]),
        ("So...Then", ["So.", ".", ".", "Then"]),
        ("So... \u00c9t\u00e9", ["So.", ".", ".", "\u00c9t\u00e9"]),
    ],
)
def test_ellipses(text: str, want: list[str]) -> None:
    assert sentences(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("It costs 3.50 or .75 now. Fine", ["It costs 3.50 or .75 now.", "Fine"]),
        ("in 1999.And", ["in 1999.And"]),
        ("in 1999. And", ["in 1999.", "And"]),
        ("see sect.3", ["see sect.3"]),
        ("at N\u00b0.  12 b", ["at N\u00b0.  12 b"]),
        ("at \u00b0. 12 b", ["at \u00b0.", "12 b"]),
        ("at _\u00b0. 12 b", ["at _\u00b0. 12 b"]),
    ],
)
def test_numbers(text: str, want: list[str]) -> None:
    assert sentences(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1. tea 2. milk", ["1. tea", "2. milk"]),
        ("Buy 1.) tea 22.) milk", ["Buy", "1.) tea", "22.) milk"]),
        ("We need -1. tea", ["We need", "-1. tea"]),
        ("-4;) odd; even", ["-4;) odd;", "even"]),
        ("-4\n) odd -4;) even", ["-4\n) odd -4;", ") even"]),
        ("parts-1.) odd", ["part", "s-1.) odd"]),
        ("part -1.) odd", ["part -1.) odd"]),
        ("123. tea", ["123.", "tea"]),
        ("a 123. tea", ["a 123.", "tea"]),
        ("Take (a) tea (bc) milk (D) rum", ["Take", "(a) tea", "(bc) milk (D) rum"]),
        ("a) tea b) milk", ["a) tea b) milk"]),
        ("see (a)", ["see", "(a)"]),
        ("a)", ["a)"]),
        ("one a) 1. two", ["one a)", "1. two"]),
    ],
)
def test_lists(text: str, want: list[str]) -> None:
    assert sentences(text) == want


def test_lists_can_be_left_alone() -> None:
    rules = SentenceRules(SentenceSettings(detectLists=False))
    assert sentences("1. tea (a) 2. milk", rules) == ["1. tea (a) 2.", "milk"]
    assert sentences("11. tea", rules) == ["11. tea"]
    assert sentences("1.\n", rules) == ["1."]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Ask Dr. Who or PROF. X", ["Ask Dr. Who or PROF. X"]),
        ("Dr. Who", ["Dr. Who"]),
        ("to St.:4 and Mt.:x", ["to St.:4 and Mt.", ":x"]),
        ("to mt.:x and Mt.:4", ["to mt.", ":x and Mt.:4"]),
        ("(Dr. Who)", ["(Dr. Who)"]),
        ("-Dr. Who", ["-Dr.", "Who"]),
        ("\u00a0Dr. Who", ["\u00a0Dr.", "Who"]),
        ("Mrs. Who and Mrs. what", ["Mrs.", "Who and Mrs. what"]),
        ("No. 5 and no. (6) and no. More", ["No. 5 and no. (6) and no.", "More"]),
        ("p.  (6) px.\t7", ["p.  (6) px.\t7"]),
        ("tea etc. and etc., or etc.: etc.? etc. Or", ["tea etc. and etc., or etc.: etc.?", "etc.", "Or"]),
        ("tea etc. I am, etc. I'm, etc. I'll, etc. I'd", ["tea etc. I am, etc. I'm, etc. I'll, etc.", "I'd"]),
        ("on Jan.-Feb. and", ["on Jan.-Feb.", "and"]),
        ("on Jan.- Feb. and", ["on Jan.- Feb. and"]),
        ("Jan.- on", ["Jan.", "- on"]),
        ("Ltd.. So", ["Ltd..", "So"]),
        ("x Ltd..'s so", ["x Ltd.", ".'s so"]),
        ("x U_S. on", ["x U_S. on"]),
        ("x \u017ft. On", ["x \u017ft.", "On"]),
    ],
)
def test_dictionary(text: str, want: list[str]) -> None:
    assert sentences(text) == want


def test_dictionary_can_be_left_out() -> None:
    rules = SentenceRules(SentenceSettings(useAbbreviations=False))
    assert sentences("Ask Dr. Who in the U.S. or J. Doe", rules) == ["Ask Dr.", "Who in the U.S. or J. Doe"]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("the U.S.A. and", ["the U.S.A. and"]),
        ("the U.S.A. And", ["the U.S.A.", "And"]),
        ("the U.S.A.. And", ["the U.S.A..", "And"]),
        ("x\u00e9u.s.a. and", ["x\u00e9u.", "s.a. and"]),
        ("at 5 p.m. we", ["at 5 p.m. we"]),
        ("at 5 P.M. We", ["at 5 P.M.", "We"]),
        ("the xp.m.. and", ["the xp.m.. and"]),
        ("the xa.M.. and", ["the xa.M.. and"]),
        ('"the xp.m; a. x', ['"the xp.m;', "a.", "x"]),
        ("Plan B. Then", ["Plan B. Then"]),
        ("A. Then", ["A. Then"]),
        ("\u00c9. Then", ["\u00c9.", "Then"]),
        ("Hinz & Co. KG and Co. Kg", ["Hinz & Co. KG and Co.", "Kg"]),
        ("the corp.'s end. Bob.'s", ["the corp.'s end.", "Bob.'s"]),
        ("the corp.'sad", ["the corp.", "'sad"]),
    ],
)
def test_abbreviations_by_form(text: str, want: list[str]) -> None:
    assert sentences(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("'. a.b. c", ["'.", "a.b. c"]),
        (".a.b. c", [".", "a.b. c"]),
        ("\u00e9.a.b. c", ["\u00e9.", "a.b. c"]),
        ("\u00b2a.b. c", ["\u00b2a.b. c"]),
        ("\u00e9a.b. c", ["\u00e9a.b.", "c"]),
        ("e\u0301a.b. c", ["e\u0301a.b.", "c"]),
        ("-\u0301a.b. c", ["-\u0301a.b. c"]),
        ("\u0663a.b. c", ["\u0663a.b.", "c"]),
        ("_a.b. c", ["_a.b.", "c"]),
    ],
)
def test_initials_begin_at_a_word_boundary_of_java_17(text: str, want: list[str]) -> None:
    assert sentences(text) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ('She said "no. never. ever" twice. So', ['She said "no. never. ever" twice.', "So"]),
        ('"no. never - ever" x', ['"no.', 'never - ever" x']),
        ('"caf\u00e9. bar" x', ['"caf\u00e9.', 'bar" x']),
        ("a [b. c] d. e", ["a [b. c] d.", "e"]),
        ("a (B. c! d) e", ["a (B.", "c!", "d) e"]),
        ("a (x. c, d) e", ["a (x. c, d) e"]),
        ("(out (in. x.) y. z.) End.", ["(out (in. x.) y.", "z.", ") End."]),
        ("a 'b. c' d", ["a 'b. c' d"]),
        ("a 'b. c'd", ["a 'b.", "c'd"]),
        ("a 'b. c'", ["a 'b.", "c'"]),
        ("a'b. c' d", ["a'b.", "c' d"]),
        ("a 'b. c|d'. e", ["a 'b. c|d'. e"]),
        ("It's Bob's. They're here.", ["It's Bob's.", "They're here."]),
        ("''. a", ["''.", "a"]),
        ("'x. 'y. z' w. v' u. t", ["'x. 'y. z' w. v' u.", "t"]),
        ("'x. y-' z. 'a. b' c", ["'x.", "y-' z.", "'a. b' c"]),
        ('He asked "Why?" twice', ['He asked "Why?" twice']),
        ('"Why? How?" twice', ['"Why?', 'How?" twice']),
    ],
)
def test_enclosures(text: str, want: list[str]) -> None:
    assert sentences(text) == want


@pytest.mark.parametrize("text", ["\uf050", "\u255e", "\uf056", "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd6", "\ufdd7"])
def test_a_text_may_hold_any_symbol(text: str) -> None:
    assert sentences(text) == [text]
    assert sentences(f"a{text} b. c{text}. d") == [f"a{text} b.", f"c{text}.", "d"]


def test_lone_surrogates_and_astral_characters_count_as_one() -> None:
    assert DEFAULT.split("\ud800. \U0001f600. b") == [(0, 2), (3, 5), (6, 7)]
