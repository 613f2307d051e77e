"""Ids that an installed transformers' ``AlbertTokenizer`` gives: a script for any Python that has transformers.

Usage: python tokenizer_ids.py FOLDER < texts.json > ids.json (a list of strings in, a list of lists of numbers out).
"""

import json
import sys

import transformers


def main() -> None:
    tokenizer = transformers.AlbertTokenizer.from_pretrained(sys.argv[1])
    texts = json.load(sys.stdin)
    ids = [tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"] for text in texts]
    json.dump({"version": transformers.__version__, "ids": ids}, sys.stdout)


if __name__ == "__main__":
    main()
