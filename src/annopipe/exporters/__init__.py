"""Models out of the store, in the forms that other programs load."""
