"""Texts that show one rule each, and their tokens."""

BUS = "The bus to (Port Said), Egypt."

CONTEXT = [
    ("He'd say we don't.", "He'd say we don't ."),
    ("(S.O.S.)", "( S.O.S .)"),
    ("Write: x.y@z.org, or http://a.bc/d?e=1.", "Write : x.y@z.org , or http://a.bc/d?e=1 ."),
    ("[7] {y} 20% $3,500.", "[7] {y} 20% $3,500 ."),
    ("“so” they… say—so", "“so” they… say—so"),
    ("--all ... ?!?!", "-- all ... ?!?!"),
    ("fish'n'chips 'twas", "fish'n'chips ' twas"),
    ("...but?", "... but ?"),
    ("i.e., (e.g.) y", "i.e ., ( e.g .) y"),
    ("can't!! 2,000.75 -8", "can't !! 2,000.75 - 8"),
    ("F# .COM and/or red,green", "F# . COM and/or red,green"),
    ("(x)(y) *it* @me #now", "( x)(y ) * it * @me #now"),
    ('"No," OSLO 2001-02-03', '" No ," OSLO 2001-02-03'),
]

CORNERS = [
    ("a\tb\nc\x0bd\x0ce\rf g", ["a", "b", "c", "d", "e", "f", "g"]),
    ("a\u00a0b c\u3000d \u200be", ["a\u00a0b", "c\u3000d", "\u200be"]),
    ("a\u2028.b\u0085. \u2029", ["a\u2028.b\u0085", ".", "\u2029"]),
    ("\x00a \x1fb\x1c", ["\x00a", "\x1fb\x1c"]),
    ("e\u0301. \u202bשלום\u202c!", ["e\u0301", ".", "\u202bשלום\u202c", "!"]),
    ("👩‍👩‍👧. 🇫🇷,", ["👩‍👩‍👧", ".", "🇫🇷", ","]),
    ("\ud800. a", ["\ud800", ".", "a"]),
]

INFIX = [
    ("j'ai d'un mot,", (r"([\p{L}]+')(\p{L}+)",), ["j'", "ai", "d'", "un", "mot,"]),
    ("12km won't x", (r"(\d+)(\p{L}+)", r"(\w+)(n't)"), ["12", "km", "wo", "n't", "x"]),
    ("a-b. c", (r"(\w+)-(\w+)",), ["a", "b", ".", "c"]),
    ("(a) b.", (), ["(a)", "b."]),
    ("ab, c", (r"(.+)(\w)?",), ["ab,", "c"]),
    ("ab, c", (r"(?:\w+)()",), [","]),
]
