"""Texts for property tests: words the tiny vocabulary knows, mixed with all that normalisation treats specially."""

from hypothesis import strategies as st

WORDS = ("the", "house", "Garden", "teachers", "working", "über", "straße", "résumé", "NAÏVE")
NUMBERS = ("9,", "1990,", "10,9", "0,", "9,9", "٣,", "²,", "3,000", "(", ")", ".", "–", "£5", "€", "-")
QUOTES = ("``", "''", "`", "'", "```", "''''", "＇＇", '"', "“x”", "’s", "…")
FORMS = ("İ", "ﬁ", "ﬃx", "㎏", "ΟΔΟΣ", "ς", "ǅ", "ß", "ẞ", "K", "½", "①", "ﷺ", "¨", "ａｂ", "ｶﾞ", "ﾞ")
MARKS = (
    "e\u0301",
    "a\u0303\u0303",
    "\u0301",
    "\u0345",
    "q\u0307\u0323",
    "\u09c7\u09be",
    "\u0b47\u0b3e",
    "\u30ab\u3099",
)
HANGUL = ("한국어", "\u1112\u1161\u11ab", "\u1161", "\u11a8", "각\u11a8", "\ud558")
SCRIPTS = ("漢字", "ไทย", "नमस्ते", "\u093c", "שלום", "\u202e")
NOTHING = ("\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad", "\0", "\x01", "\x1b", "\x7f", "\ufffd", "\ud800", "\udfff")
ASTRAL = ("👨\u200d👩\u200d👧", "👍🏽", "🇩🇪", "𝘸𝘰𝘳𝘬", "\U000e0001")
SPECIALS = ("▁", "▁▁", "[SEP]", "[CLS]", "<pad>", "<unk>", "<0x41>")
SPACES = (" ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2028", "\u3000", "\x85", "\x1c", "\u180e")

FRAGMENTS = WORDS + NUMBERS + QUOTES + FORMS + MARKS + HANGUL + SCRIPTS + NOTHING + ASTRAL + SPECIALS + SPACES

characters = st.characters(exclude_categories=())
"""Any code point, surrogates and unassigned ones among them."""

texts = st.lists(st.sampled_from(FRAGMENTS) | st.just(" ") | st.text(characters, max_size=4), max_size=14).map("".join)
