"""What a user says in place of what the source does."""

from dataclasses import replace
from typing import Any

from annopipe.importers.found import Choices, Found


def with_choices(found: Found, choices: Choices) -> Found:
    """Return what was found with the user's heads, epsilon, activation and case sensitivity, where given."""
    chosen: dict[str, Any] = {
        "num_attention_heads": choices.heads,
        "layer_norm_eps": choices.epsilon,
        "hidden_act": choices.activation,
    }
    config = {**found.config, **{key: value for key, value in chosen.items() if value is not None}}
    settings = dict(found.settings)
    if choices.case_sensitive is not None:
        settings["case_sensitive"] = choices.case_sensitive
        settings["tokenizer_config"] = {
            **settings.get("tokenizer_config", {}),
            "do_lower_case": not choices.case_sensitive,
        }
    return replace(found, config=config, settings=settings)
