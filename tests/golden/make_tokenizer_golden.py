"""Freeze the ids that transformers 4's sentencepiece ``AlbertTokenizer`` gives with the bundled model's vocabulary.

Run by hand, again whenever that vocabulary changes, with a Python that has transformers 4 and
sentencepiece: python tests/golden/make_tokenizer_golden.py
"""

import json
from pathlib import Path

import transformers

TEXTS = (
    "This is a test.",
    "The gardener's letters, from 1990, cost £9,99 (or 3,000 in all) - not 10,",
    "9, 9,9 1,2,3, ٣, ², in 2010, and 12,",
    "``LaTeX quotes'' and '''three''' and ` one ' each",
    "Crème brûlée, naïve café, ÅNGSTRÖM, Łódź, ñandú",
    "e\u0301te\u0301 q\u0307\u0323 and a\u0303\u0303",
    "İSTANBUL ISTANBUL ıstanbul ΟΔΟΣ ὈΔΥΣΣΕΎΣ ǅ ẞ K",
    "ﬁne oﬃce ㎏ ½ ① ™ ﷺ ｆｕｌｌ ＷＩＤＴＨ ｶﾞ",
    "  white\t space \u00a0 \u2003 of \u3000 all\x85kinds\u2028here\n",
    "zero\u200bwidth \ufeffmark soft\u00adhyphen word\u2060joiner",
    "control\x01 characters\x1b[31m\x7f and \0 NUL",
    "“curly” ‘quotes’ … – — • §",
    "한국어 \u1112\u1161\u11ab 漢字 かな が か\u3099 ไทย नमस्ते \u09c7\u09be",
    "שלום \u202eabc\u202c مرحبا",
    "👨\u200d👩\u200d👧 👍🏽 🇩🇪 𝘸𝘰𝘳𝘬𝘪𝘯𝘨 𝔉",
    "▁ already ▁marked▁text",
    "\ufffd replaced \ufffd",
    "http://example.org/a,b?c=1,2 user@example.org #tag @name :-)",
    "don't can't I'll you're rock'n'roll",
    "",
    " ",
    "supercalifragilisticexpialidociousness" * 3,
)


def main() -> None:
    folder = Path(__file__).parents[2] / "src" / "annopipe" / "models" / "albert_mini_en"
    tokenizer = transformers.AlbertTokenizer.from_pretrained(str(folder))
    records = [{"text": text, "ids": tokenizer(text, add_special_tokens=False)["input_ids"]} for text in TEXTS]
    frozen = {"made_with": f"transformers {transformers.__version__}", "records": records}
    Path(__file__).with_name("tokenizer_v4.json").write_text(json.dumps(frozen, indent=1) + "\n")


if __name__ == "__main__":
    main()
