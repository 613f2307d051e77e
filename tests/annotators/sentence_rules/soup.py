"""Random texts made of what the rules look at."""

import re

from hypothesis import strategies as st

SPACES = [" ", " ", " ", "  ", "\n", "\t", "\r", "\x0b", "\x85", "\u00a0", "\u2028", "\u3000", "\x1c", "\x00"]
MARKS = [*".,;:!?'\"()[]-$|#_{`", "°", "...", "....", "!?", "?!", ".'", '."', "'s ", ". ", ", ", "; ", " '", "' "]
LETTERS = [*"abzsimpIAZKG", "é", "ß", "ſ", "K", "文", "\u0301", "²", "Ⅷ", "😀", "𝒜", "٣", "\ufdd0", "\ufdd4"]
DIGITS = ["1", "12", "123", " 1. ", " 12.)", "-1. ", "s-2.)", "5.5", "2.", "-3x)"]
WORDS = re.findall(
    r"\S+",
    """
    dr Mr PROF mt St. e.g e.g. i.e U.S U.S.A. u.s. etc etc. No. p. px Co Co. KG I'm I'll I p.m a.m. P.M. x.y (a) ab)
    (abc) don't it's yes Hi Jan. vs. may 'a b.' "a. b" (a. b) [a! b] 'a' one two Next (one. two.) 3 N°. a.b.c
    """,
)

fragments = st.one_of(*map(st.sampled_from, (SPACES, MARKS, MARKS, LETTERS, DIGITS, WORDS)))
texts = st.lists(fragments, max_size=40).map("".join)
anything = st.one_of(texts, st.text(max_size=60), st.text(alphabet=".;!?'\"()[] \n1aA", max_size=60))
