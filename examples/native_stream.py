"""The API without annotators: a generator of texts in, a generator of words out; memory follows the batch."""

from collections.abc import Iterator

import annopipe


def texts() -> Iterator[str]:
    """Yield texts one by one, as a file or a socket would."""
    yield "The bank raised its rates."
    yield "We sat on the river bank."


model = annopipe.load("albert_mini")
for words in model.embed_words(texts()):
    print(words.vectors.shape, " ".join(words.tokens))
for sentence in model.embed_sentences(texts()):
    print(sentence.vector.shape, sentence.n_tokens, sentence.text)
