"""Freeze what Hugging Face's ``AlbertModel`` gives on small random models, for machines without torch.

Run with torch and transformers: ``PYTHONPATH=src:tests python tests/golden/make_encoder_golden.py``. It writes
``encoder.npz`` beside itself: per case the config as JSON, the ids, and all hidden states; the weights follow from the
case's seed (``albert.random_models``).
"""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from albert.hugging_face import albert, hidden_states
from albert.random_models import TINY, random_ids, random_weights

CASES = {
    "gelu_new": TINY,
    "gelu": replace(TINY, hidden_act="gelu"),
    "relu": replace(TINY, hidden_act="relu"),
    "groups_3_of_7": replace(TINY, num_hidden_layers=7, num_hidden_groups=3),
    "inner_2_groups_2": replace(TINY, num_hidden_layers=4, num_hidden_groups=2, inner_group_num=2),
    "embedding_is_hidden": replace(TINY, embedding_size=TINY.hidden_size),
    "one_segment_one_head": replace(TINY, type_vocab_size=1, num_attention_heads=1),
}
SHAPES = ((1, 1), (3, 5), (1, 64))
SPREAD = 0.1


def main() -> None:
    arrays: dict[str, np.ndarray] = {}
    for seed, (name, config) in enumerate(CASES.items()):
        model = albert(config, random_weights(config, seed, SPREAD))
        case = {"config": asdict(config), "seed": seed, "spread": SPREAD, "shapes": len(SHAPES)}
        arrays[name] = np.array(json.dumps(case))
        for number, (sentences, pieces) in enumerate(SHAPES):
            ids = random_ids(config, sentences, pieces, seed=number)
            states = hidden_states(model, ids)
            arrays[f"{name}.ids.{number}"] = ids.astype(np.uint8)
            arrays[f"{name}.states.{number}"] = states if pieces < 64 else states[-1:]
    np.savez_compressed(Path(__file__).with_name("encoder.npz"), **arrays)


if __name__ == "__main__":
    main()
