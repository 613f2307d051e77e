"""The student: an ALBERT with as many groups as layers, begun from the teacher's own layers."""

from __future__ import annotations

import numpy as np
import torch
from transformers import AlbertConfig, AlbertModel, BertConfig

from training.pieces import Pieces, Vocabulary
from training.teacher import UNKNOWN, Encoded, Teacher

LAYER_NAMES = {
    "attention.query": "attention.self.query",
    "attention.key": "attention.self.key",
    "attention.value": "attention.self.value",
    "attention.dense": "attention.output.dense",
    "attention.LayerNorm": "attention.output.LayerNorm",
    "ffn": "intermediate.dense",
    "ffn_output": "output.dense",
    "full_layer_layer_norm": "output.LayerNorm",
}
"""ALBERT's name of each part of a layer, and BERT's."""

POSITIONS_SEEN = 64
"""Positions that count in choosing the embedding's directions."""


def config(pieces: int, embedding: int, teacher: BertConfig) -> AlbertConfig:
    """The student's shape: the teacher's layers, each a group of its own, and no dropout."""
    return AlbertConfig(
        vocab_size=pieces,
        embedding_size=embedding,
        hidden_size=teacher.hidden_size,
        intermediate_size=teacher.intermediate_size,
        num_attention_heads=teacher.num_attention_heads,
        num_hidden_layers=teacher.num_hidden_layers,
        num_hidden_groups=teacher.num_hidden_layers,
        hidden_act=teacher.hidden_act,
        max_position_embeddings=teacher.max_position_embeddings,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        layer_norm_eps=teacher.layer_norm_eps,
        pad_token_id=0,
        bos_token_id=2,
        eos_token_id=3,
    )


def new_student(vocabulary: Vocabulary, embedding: int, teacher: Teacher, texts: list[str]) -> AlbertModel:
    """A student that computes nearly what the teacher does: its layers are the teacher's, its embedding the best
    low-rank stand-in for the teacher's on the given texts (prepared; some tens of thousands)."""
    student = AlbertModel(config(len(vocabulary), embedding, teacher.model.config), add_pooling_layer=False)
    read = [pair for pair in zip(vocabulary.encode(texts), teacher.encode(texts), strict=True) if pair[0] is not None]
    with torch.no_grad():
        for index, source in enumerate(teacher.model.encoder.layer.children()):
            layer = student.get_submodule(f"encoder.albert_layer_groups.{index}.albert_layers.0")
            for ours, theirs in LAYER_NAMES.items():
                layer.get_submodule(ours).load_state_dict(source.get_submodule(theirs).state_dict())
        table, counts = piece_table(vocabulary, teacher, read)
        _begin_embedding(student, teacher, table, counts, [p for p, _ in read[:4000] if p is not None])
    return student


def piece_table(
    vocabulary: Vocabulary, teacher: Teacher, read: list[tuple[Pieces | None, Encoded]]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Each piece as the mean of the teacher's token vectors that it overlaps in the texts, and how often it came.

    Pieces that never came get the vectors of their own text.
    """
    words = teacher.model.embeddings.word_embeddings.weight.numpy()
    total, counts = np.zeros((len(vocabulary), words.shape[1])), np.zeros(len(vocabulary))
    for pieces, encoded in read:
        if pieces is None:
            continue
        run = np.concatenate([np.zeros((1, words.shape[1])), np.cumsum(words[encoded.ids[1:-1]], axis=0)])
        low = np.searchsorted(encoded.ends, pieces.begins, side="right")
        high = np.searchsorted(encoded.begins, np.maximum(pieces.ends, pieces.begins + 1), side="left")
        some = high > low
        vectors = (run[high[some]] - run[low[some]]) / (high - low)[some, None]
        np.add.at(total, pieces.ids[some], vectors)
        np.add.at(counts, pieces.ids[some], 1)
    table = total / np.maximum(counts, 1)[:, None]
    for piece in np.flatnonzero(counts == 0):
        table[piece] = words[_own_tokens(vocabulary.names[piece], teacher)].mean(axis=0)
    return torch.tensor(table, dtype=torch.float32), torch.tensor(counts, dtype=torch.float32)


def _own_tokens(name: str, teacher: Teacher) -> list[int]:
    """The teacher's ids for one piece's text."""
    tokenizer, vocabulary = teacher.tokenizer, teacher.vocabulary
    if name in ("<pad>", "[CLS]", "[SEP]", "[MASK]"):
        return [vocabulary["[PAD]" if name == "<pad>" else name]]
    if "##" + name in vocabulary:
        return [vocabulary["##" + name]]
    return list(tokenizer.encode(name.removeprefix("▁"), add_special_tokens=False)) or [UNKNOWN]


def _begin_embedding(
    student: AlbertModel, teacher: Teacher, table: torch.Tensor, counts: torch.Tensor, sample: list[Pieces]
) -> None:
    """Embedding tables in the most used directions, then the map to the hidden size by least squares."""
    theirs, ours = teacher.model.embeddings, student.embeddings
    parts = [table, theirs.position_embeddings.weight, theirs.token_type_embeddings.weight]
    centred = [part - part.mean(dim=1, keepdim=True) for part in parts]
    weights = (counts + 1).sqrt()
    positions = centred[1][:POSITIONS_SEEN] * (weights.sum() / POSITIONS_SEEN).sqrt()
    weighted = torch.cat([centred[0] * weights.sqrt()[:, None], positions])
    size = student.config.embedding_size
    directions = torch.linalg.svd(weighted, full_matrices=False)[2][: size - 1]
    turn = _without_mean(size)
    for own, part in zip(
        (ours.word_embeddings, ours.position_embeddings, ours.token_type_embeddings), centred, strict=True
    ):
        own.weight.copy_(part @ directions.T @ turn)
    ids = torch.tensor(np.concatenate([p.ids for p in sample]))
    places = torch.tensor(np.concatenate([np.arange(1, len(p.ids) + 1) for p in sample]))
    wanted = theirs.LayerNorm(parts[0][ids] + parts[1][places] + parts[2][0])
    given = ours.LayerNorm(
        ours.word_embeddings(ids) + ours.position_embeddings(places) + ours.token_type_embeddings.weight[0]
    )
    solved = torch.linalg.lstsq(torch.cat([given, torch.ones(len(given), 1)], dim=1), wanted).solution
    mapping = student.encoder.embedding_hidden_mapping_in
    mapping.weight.copy_(solved[:-1].T)
    mapping.bias.copy_(solved[-1])


def _without_mean(size: int) -> torch.Tensor:
    """``size - 1`` orthonormal rows whose entries sum to zero, so that layer normalisation takes nothing away."""
    basis, _ = torch.linalg.qr(torch.cat([torch.ones(size, 1), torch.eye(size)[:, : size - 1]], dim=1))
    rows: torch.Tensor = basis[:, 1:].T
    return rows
