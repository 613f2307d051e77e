"""A training run of tiny shapes: its own corpus, evaluation texts, teacher, and work folder."""

import json
import lzma
import random
from pathlib import Path

import torch
from training.prepare import prepare
from training.vocabulary import train_vocabulary
from transformers import BertConfig, BertModel

from tiny_model import VOCABULARY_WORDS

PIECES = 120
SPECIAL = {0: "[PAD]", 100: "[UNK]", 101: "[CLS]", 102: "[SEP]", 103: "[MASK]"}
"""Places that special tokens have in BERT's vocabularies."""

LEAKED = "the old doctor will find a light window in the village market this evening ."
NEARLY = "well , the old doctor will find a light window in the village market , they said ."


def sentences(count: int, seed: int) -> list[str]:
    """Made-up sentences of known words, no two alike."""
    chance = random.Random(seed)  # noqa: S311
    known = [word for word in VOCABULARY_WORDS.split() if word.isascii()]
    return [" ".join(chance.sample(known, chance.randint(6, 14))).capitalize() + "." for _ in range(count)]


def make_corpus(folder: Path) -> Path:
    """Two files of texts, with one evaluation sentence and one near to it among them."""
    folder.mkdir()
    lines = sentences(500, seed=1)
    lines[41], lines[83] = LEAKED.upper(), NEARLY
    for name, part in (("books", lines[:300]), ("talk", lines[300:])):
        with lzma.open(folder / f"{name}.txt.xz", "wt", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in part)
    return folder


def make_evaluation(folder: Path) -> Path:
    """A development set of sentence pairs in the evaluation texts' form."""
    (folder / "sts").mkdir(parents=True)
    texts = [LEAKED, *sentences(15, seed=2)]
    rows = [f"{index % 6}\t{one}\t{two}" for index, (one, two) in enumerate(zip(texts[::2], texts[1::2], strict=True))]
    (folder / "sts" / "stsb_dev.tsv").write_text("score\ts1\ts2\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return folder


def make_teacher(folder: Path) -> Path:
    """A BERT of two layers with random weights that knows the corpus's words and letters."""
    words = sorted({word for word in VOCABULARY_WORDS.lower().split() if word.isascii()})
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    known = [SPECIAL.get(place, f"[unused{place}]") for place in range(104)]
    known += [".", ",", *dict.fromkeys([*letters, *words]), *(f"##{letter}" for letter in letters)]
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(known),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=512,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(known) + "\n", encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": True})
    )
    return folder


def make_work(corpus: Path, evaluation: Path, folder: Path) -> Path:
    """Segments and vocabulary, as the command makes them."""
    folder.mkdir()
    train_vocabulary(prepare(corpus, evaluation, folder), folder, PIECES)
    return folder
