"""A tiny ALBERT model folder, made anew: a vocabulary of a few hundred pieces and seeded random weights."""

import io
import json
import random
import struct
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from annopipe.albert.config import AlbertConfig
from annopipe.albert.parameters import needed

VOCABULARY_WORDS = """\
the a of and to in is was that it for on with as be at by this had not are but from or have an they which one you
all her she there would their we him been has when who will no more if out so what up said about than into them were
other time new some could these two may first then do any like my now over such our man me even most made after also
many off before must well back through years where much your way down should because long each just state people can
too how little good world make very year still see work life day under never old another while last might us only did
house light river garden morning evening winter summer window kitchen market village teacher doctor letter number
head great paper those café naïve résumé über straße"""

ENDINGS = ("", "", "", "", "", "s", "ed", "ing", "er", "ness")
COMMA_PIECES = ("▁9,", "▁1990,", "▁10,", "0,")
"""Pieces such as ALBERT's vocabulary has, which its rule takes apart."""

SYMBOLS = ("(", ")", '"', "-", ".", "–", "£", "€")
VOCABULARY_SIZE = 400

CONFIG = AlbertConfig(
    embedding_size=8,
    hidden_size=16,
    num_hidden_layers=3,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=64,
    vocab_size=VOCABULARY_SIZE,
)


def make_tiny_model(folder: Path, *, config: AlbertConfig = CONFIG, do_lower_case: bool = True, seed: int = 0) -> Path:
    """Write a model folder and return it.

    Vectors differ by position, neighbours and layer enough to tell a wrong row from a right one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = train_vocabulary()
    (folder / "spiece.model").write_bytes(vocabulary)
    processor = SentencePieceProcessor()
    processor.LoadFromSerializedProto(vocabulary)
    config = replace(config, vocab_size=processor.get_piece_size())
    write_json(folder / "config.json", {"model_type": "albert", "architectures": ["AlbertModel"], **asdict(config)})
    write_json(folder / "tokenizer_config.json", {"do_lower_case": do_lower_case, "tokenizer_class": "AlbertTokenizer"})
    write_safetensors(folder / "model.safetensors", random_weights(config, seed))
    return folder


def train_vocabulary() -> bytes:
    """A SentencePiece model with ALBERT's special pieces, trained on made-up sentences; the same bytes every time."""
    model = io.BytesIO()
    SentencePieceTrainer.Train(
        sentence_iterator=_sentences(),
        model_writer=model,
        vocab_size=VOCABULARY_SIZE,
        hard_vocab_limit=False,
        pad_id=0,
        unk_id=1,
        bos_id=-1,
        eos_id=-1,
        control_symbols=["[CLS]", "[SEP]", "[MASK]"],
        user_defined_symbols=list(SYMBOLS),
        normalization_rule_name="nmt_nfkc",
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue() + b"".join(_piece(name, -4.0) for name in COMMA_PIECES)


def _piece(name: str, score: float) -> bytes:
    """One more piece as protobuf bytes, which may be put behind a serialised SentencePiece model."""
    text = name.encode()
    fields = b"\x0a" + bytes([len(text)]) + text + b"\x15" + struct.pack("<f", score)
    return b"\x0a" + bytes([len(fields)]) + fields


def _sentences() -> Iterator[str]:
    """Sentences of random words with a number each."""
    chance = random.Random(7)  # noqa: S311
    known = VOCABULARY_WORDS.split()
    for _ in range(3000):
        words = [chance.choice(known) + chance.choice(ENDINGS) for _ in range(chance.randint(3, 12))]
        words.insert(chance.randrange(len(words)), str(chance.randrange(2100)))
        words[-1] += chance.choice(["", "", ",", "!", "?", "'s", ";"])
        yield " ".join(words)


def random_weights(config: AlbertConfig, seed: int) -> dict[str, NDArray[np.float32]]:
    """Seeded weights under Hugging Face's names."""
    chance = np.random.default_rng(seed)
    weights = {}
    for name, shape in needed(config).items():
        values = chance.normal(0.0, 0.3, shape).astype(np.float32)
        weights[name] = values + 1 if "orm.weight" in name else values
    return weights


def write_safetensors(path: Path, tensors: dict[str, NDArray[np.float32]]) -> None:
    """Write float32 tensors in the safetensors format."""
    header: dict[str, object] = {}
    offset = 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [offset, offset + values.nbytes]}
        offset += values.nbytes
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    body = b"".join(values.astype("<f4").tobytes() for values in tensors.values())
    path.write_bytes(len(head).to_bytes(8, "little") + head + body)


def write_json(path: Path, value: object) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(value), "utf-8")
