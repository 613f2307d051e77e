"""The training loop: schedule by tokens, checkpoints by the clock, a line of figures for the log."""

from __future__ import annotations

import json
import math
import time
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import torch
from transformers import AlbertModel

from training.batches import Batch, batches
from training.checkpoint import LATEST, STABLE, Progress, load, save
from training.embedding import student_sentences
from training.losses import losses
from training.pieces import Vocabulary
from training.similarity import cosines, pairs, spearman
from training.student import config, new_student
from training.targets import TEXTS, targets
from training.teacher import Teacher

LOG = "log.jsonl"
BEGIN_TEXTS = 40_000
SAVE_SECONDS = 240


@dataclass(frozen=True)
class Plan:
    """Everything that decides the result; the same plan, texts and seed give the same model."""

    embedding: int = 192
    tokens: int = 8_000_000
    """The student's tokens in all; the learning rate falls over the last ``decay`` of them."""
    decay: float = 0.3
    warmup: int = 150
    """Steps over which the learning rate rises."""
    rate: float = 3e-4
    embedding_rate: float = 1.5e-3
    weight_decay: float = 0.01
    clip: float = 1.0
    seed: int = 20
    inner: int = 2
    """The teacher's level whose knowledge of words is added to the last one's, and how much, as a share of variance."""
    share: float = 0.08
    log_every: int = 20
    check_every: int = 400_000
    """Tokens between looks at STS-B dev."""

    def factor(self, progress: Progress) -> float:
        """The learning rate's factor: rises, stays at 1, falls along a cosine to 0.02."""
        rise = min(1.0, (progress.step + 1) / self.warmup)
        into = (progress.tokens - (1 - self.decay) * self.tokens) / (self.decay * self.tokens)
        fall = 0.51 + 0.49 * math.cos(math.pi * min(max(into, 0.0), 1.0))
        return rise * fall

    def decaying(self, progress: Progress) -> bool:
        return progress.tokens > (1 - self.decay) * self.tokens


class Training:
    """A run in a work folder that holds ``segments.txt`` and ``spiece.model``; goes on from ``latest.pt``."""

    def __init__(self, work: Path, plan: Plan, evaluation: Path | None = None, teacher: Teacher | None = None) -> None:
        torch.manual_seed(plan.seed)
        self.work, self.plan = work, plan
        self.segments = work / "segments.txt"
        self.vocabulary, self.teacher = Vocabulary(work / "spiece.model"), teacher or Teacher()
        self.dev = pairs(evaluation / "sts" / "stsb_dev.tsv") if evaluation else None
        latest = work / LATEST
        shape = config(len(self.vocabulary), plan.embedding, self.teacher.model.config)
        self.model = AlbertModel(shape, add_pooling_layer=False) if latest.exists() else self._begun()
        self.optimiser = self._optimiser()
        self.progress = load(latest, self.model, self.optimiser) if latest.exists() else Progress()
        self.model.train()
        self.targets = targets(work, self._texts(TEXTS), self.vocabulary, self.teacher, plan.inner, plan.share)

    def _texts(self, count: int) -> list[str]:
        """The first segments."""
        with self.segments.open(encoding="utf-8") as file:
            return [line.rstrip("\n") for line in islice(file, count)]

    def _begun(self) -> AlbertModel:
        return new_student(self.vocabulary, self.plan.embedding, self.teacher, self._texts(BEGIN_TEXTS))

    def _optimiser(self) -> torch.optim.AdamW:
        tables: list[torch.nn.Parameter] = []
        rest: list[torch.nn.Parameter] = []
        for name, weight in self.model.named_parameters():
            (tables if "embedding" in name else rest).append(weight)
        groups = [
            {"params": tables, "lr": self.plan.embedding_rate, "peak": self.plan.embedding_rate},
            {"params": rest, "lr": self.plan.rate, "peak": self.plan.rate},
        ]
        return torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=self.plan.weight_decay, fused=True)

    def run(self) -> AlbertModel:
        """Train until the plan's tokens are spent; returns the model."""
        self._write({"begin": asdict(self.plan), "progress": asdict(self.progress), "torch": torch.__version__})
        stream = batches(self.segments, self.vocabulary, self.teacher, self.plan.seed, self.progress.position)
        saved, checked = time.monotonic(), self.progress.tokens // self.plan.check_every
        while self.progress.tokens < self.plan.tokens:
            batch, position = next(stream)
            before = self.plan.decaying(self.progress)
            self._step(batch)
            self.progress.position = position
            if self.plan.decaying(self.progress) and not before:
                save(self.work / STABLE, self.progress, self.model, self.optimiser)
            if time.monotonic() - saved > SAVE_SECONDS:
                save(self.work / LATEST, self.progress, self.model, self.optimiser)
                saved = time.monotonic()
            if self.progress.tokens // self.plan.check_every > checked:
                checked = self.progress.tokens // self.plan.check_every
                self._check()
        save(self.work / LATEST, self.progress, self.model, self.optimiser)
        self._check()
        return self.model

    def _step(self, batch: Batch) -> None:
        began = time.monotonic()
        factor = self.plan.factor(self.progress)
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        wanted = self.teacher.hidden(batch.teacher_ids, batch.teacher_mask)
        given = self.model(
            input_ids=batch.student_ids, attention_mask=batch.student_mask, output_hidden_states=True
        ).hidden_states
        found = losses(given, wanted, batch, self.targets)
        torch.autograd.backward(found.total)
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.plan.clip)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.progress.step += 1
        self.progress.tokens += batch.tokens
        if self.progress.step % self.plan.log_every == 0:
            speed = batch.tokens / (time.monotonic() - began)
            figures = {name: round(value, 4) for name, value in found.figures().items()}
            self._write({**figures, "norm": round(float(norm), 3), "factor": round(factor, 4), "speed": round(speed)})

    def _check(self) -> None:
        """Look at STS-B dev, where an evaluation folder is given."""
        if self.dev is None:
            return
        self.model.train(False)
        first, second, scores = self.dev
        found = cosines(lambda texts: student_sentences(self.model, self.vocabulary, texts), first, second)
        self.model.train()
        self._write({"stsb_dev": round(spearman(found, scores), 4)})

    def _write(self, record: dict[str, object]) -> None:
        place = {"time": time.strftime("%F %T"), "step": self.progress.step, "tokens": self.progress.tokens}
        line = json.dumps(place | record)
        with (self.work / LOG).open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        print(line, flush=True)
