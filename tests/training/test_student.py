"""The student's beginning: the teacher's layers, and pieces in the place of the teacher's tokens."""

from pathlib import Path

import pytest
import torch
from training.batches import collate, read
from training.losses import losses
from training.pieces import Vocabulary
from training.student import LAYER_NAMES, new_student, piece_table
from training.teacher import Teacher

EMBEDDING = 24


@pytest.fixture(scope="module")
def teacher(teacher_folder: Path) -> Teacher:
    return Teacher(teacher_folder)


@pytest.fixture(scope="module")
def texts(prepared_work: Path) -> list[str]:
    return (prepared_work / "segments.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def vocabulary(prepared_work: Path) -> Vocabulary:
    return Vocabulary(prepared_work / "spiece.model")


def test_the_vocabulary_has_special_ids_of_albert(vocabulary: Vocabulary) -> None:
    assert vocabulary.names[:5] == ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]


def test_layers_are_the_teachers(vocabulary: Vocabulary, teacher: Teacher, texts: list[str]) -> None:
    student = new_student(vocabulary, EMBEDDING, teacher, texts)
    assert student.config.num_hidden_groups == student.config.num_hidden_layers == 2
    assert (student.config.hidden_size, student.config.embedding_size) == (32, EMBEDDING)
    for index, theirs in enumerate(teacher.model.encoder.layer):
        ours = student.encoder.albert_layer_groups[index].albert_layers[0]
        for name, other in LAYER_NAMES.items():
            for end, weight in theirs.get_submodule(other).named_parameters():
                assert torch.equal(ours.get_submodule(name).get_parameter(end), weight)


def test_a_piece_that_is_a_token_begins_as_its_vector(vocabulary: Vocabulary, teacher: Teacher) -> None:
    words = [name[1:] for name in vocabulary.names if name[0] == "▁" and name[1:] in teacher.vocabulary]
    whole = [word for word in words if len(vocabulary.model.encode(word)) == 1]
    assert len(whole) > 5
    table, counts = piece_table(
        vocabulary, teacher, list(zip(vocabulary.encode(whole), teacher.encode(whole), strict=True))
    )
    pieces = [vocabulary.model.piece_to_id("▁" + word) for word in whole]
    theirs = teacher.model.embeddings.word_embeddings.weight[[teacher.vocabulary[word] for word in whole]]
    assert torch.allclose(table[pieces], theirs, atol=1e-6)
    assert counts.sum() == len(whole)
    assert torch.isfinite(table).all()


def test_the_beginning_is_nearer_the_teacher_than_chance(
    vocabulary: Vocabulary, teacher: Teacher, texts: list[str]
) -> None:
    batch = collate(read(texts[:20], vocabulary, teacher))
    wanted = teacher.hidden(batch.teacher_ids, batch.teacher_mask)
    begun = new_student(vocabulary, EMBEDDING, teacher, texts)
    chance = type(begun)(begun.config, add_pooling_layer=False)
    totals = []
    with torch.no_grad():
        for model in (begun, chance):
            given = model(batch.student_ids, attention_mask=batch.student_mask, output_hidden_states=True)
            totals.append(losses(given.hidden_states, wanted, batch))
    assert totals[0].word < 0.7 * totals[1].word
    assert totals[0].sentence < totals[1].sentence
