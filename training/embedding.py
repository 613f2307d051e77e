"""Word and sentence vectors of a student or the teacher for texts as they come."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from transformers import AlbertModel

from training.corpus import prepared
from training.losses import sentence_vectors
from training.pieces import CLS, LONGEST, PAD, SEP, Vocabulary

TOKENS = 4000


def padded(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids padded with 0 and their mask."""
    ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.long)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
    return ids, (ids != PAD).long()


def by_length(rows: list[list[int]]) -> Iterator[list[int]]:
    """Indices of the rows in batches of like length."""
    batch: list[int] = []
    for index in sorted(range(len(rows)), key=lambda i: len(rows[i])):
        if batch and len(rows[index]) * (len(batch) + 1) > TOKENS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


@torch.no_grad()
def student_sentences(model: AlbertModel, vocabulary: Vocabulary, texts: list[str]) -> np.ndarray:
    """Mean-pooled unit vectors of texts, [CLS] and [SEP] included."""
    encoded = vocabulary.model.encode([prepared(text) for text in texts])
    rows = [[CLS, *ids[:LONGEST], SEP] for ids in encoded]
    vectors = np.zeros((len(texts), model.config.hidden_size), dtype=np.float32)
    for batch in by_length(rows):
        ids, mask = padded([rows[i] for i in batch])
        vectors[batch] = sentence_vectors(model(input_ids=ids, attention_mask=mask).last_hidden_state, mask).numpy()
    return vectors
