"""The model core: from words to vectors, nothing of annotators or frames."""
