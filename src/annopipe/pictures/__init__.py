"""Pictures of words: matplotlib draws them, and is imported when the first is made (``annopipe[plot]``)."""
