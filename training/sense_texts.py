"""Words of two meanings, each in three sentences of our own for either meaning."""

from __future__ import annotations

SENSES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "bank": (
        ("She paid the cheque into her bank before noon.", "The bank raised its interest rate again.",
         "He owes the bank a great deal of money."),
        ("We ate our lunch on the grassy bank of the river.", "The boat drifted towards the muddy bank.",
         "Willows grow along the bank of the stream."),
    ),
    "bat": (
        ("A bat flew out of the dark cave.", "The bat hung upside down and ate insects.",
         "This bat hunts moths at night."),
        ("He swung the bat and missed the ball.", "Her new baseball bat is made of ash.",
         "The player dropped his bat and ran to first base."),
    ),
    "spring": (
        ("The garden is full of tulips in spring.", "Last spring was wet and cold.",
         "Birds come back in early spring."),
        ("A steel spring pushes the lever back.", "The spring in the mattress is broken.",
         "Compress the spring before you close the lid."),
    ),
    "match": (
        ("Our team won the match by two goals.", "The tennis match lasted four hours.",
         "Rain stopped the match after half time."),
        ("He struck a match and lit the candle.", "She held a burning match to the paper.",
         "The last match in the box was damp."),
    ),
    "plant": (
        ("Water the plant once a week.", "The plant has small white flowers.", "This plant grows best in the shade."),
        ("The car plant employs two thousand workers.", "They closed the chemical plant last year.",
         "An engineer inspected the power plant."),
    ),
    "seal": (
        ("A grey seal swam near the rocks.", "The seal pup lay on the ice.", "We watched a seal catch fish."),
        ("The letter bore the seal of the king.", "Do not break the seal on the envelope.",
         "A wax seal closed the document."),
    ),
    "crane": (
        ("A white crane stood in the marsh.", "The crane spread its wings and flew.",
         "Each crane lays two eggs in its nest."),
        ("The crane lifted the steel beams.", "A crane at the building site fell over.",
         "They unloaded the ship with a crane."),
    ),
    "pitcher": (
        ("The pitcher threw a fast ball.", "Their best pitcher hurt his arm.", "The pitcher struck out nine batters."),
        ("Fill the pitcher with lemonade.", "She put a pitcher of water on the table.",
         "The glass pitcher slipped and spilled milk."),
    ),
    "court": (
        ("The court found him guilty of theft.", "A judge of the high court heard the case.",
         "Her lawyer will appear in court on Monday."),
        ("They played tennis on a clay court.", "The players ran across the basketball court.",
         "Our school has a new indoor court for volleyball."),
    ),
    "mouse": (
        ("The cat caught a mouse in the kitchen.", "A mouse ate the cheese.", "The little mouse ran into its hole."),
        ("Click the left button of the mouse.", "My computer does not see the wireless mouse.",
         "Move the mouse to drag the icon."),
    ),
    "bark": (
        ("The bark of the old oak is rough.", "Deer had stripped the bark off the tree.",
         "Cork is made from bark."),
        ("The dog's bark woke the baby.", "We heard a loud bark from the kennel.",
         "With a bark the puppy ran to the door."),
    ),
    "letter": (
        ("She wrote a long letter to her mother.", "The letter came by post this morning.",
         "He read her letter twice and burned it."),
        ("The word begins with a capital letter.", "Which letter comes after q?",
         "Each letter of the alphabet has its own sound."),
    ),
}  # fmt: skip
