"""Ways out of an error, in the form that its reader writes: a command in the shell, a call in Python."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Final

from annopipe.hub.entry import REPOSITORY

OWN_NAME: Final = "my_albert"

_in_shell: ContextVar[bool] = ContextVar("in_shell", default=False)


@contextlib.contextmanager
def shell_form() -> Iterator[None]:
    """Let hints be commands: the errors are those of the command line."""
    before = _in_shell.set(True)
    try:
        yield
    finally:
        _in_shell.reset(before)


def of_repository(text: str, lang: str = "en") -> str:
    """Return how to use what looks like ``owner/name`` of a hub, as a sentence with a space in front; else nothing."""
    repository, _, revision = text.partition("@")
    if not REPOSITORY.fullmatch(repository) or ".." in text:
        return ""
    from annopipe.hub.catalog import entries

    known = [] if revision else [one.model for one in entries().values() if one.repository == repository]
    if known:
        return f" {repository} is in the catalog as {known[0]}: {fetching(known[0].name, known[0].language)}"
    return f" If {text[:100]} is an ALBERT on a hub, fetch it under a name of your own: " + fetching(
        OWN_NAME, lang, text
    )


def of_reference(text: str) -> str:
    """Return `of_repository` for who gave ``owner/name`` as a reference of NLU's."""
    hint = of_repository(text)
    if not hint:
        return ""
    from annopipe.hub.catalog import entries

    known = [one.nlu[0] for one in entries().values() if one.repository == text and one.nlu]
    return f"{hint}; NLU's reference is {known[0] if known else f'en.embed.{OWN_NAME}'!r}"


def fetching(name: str, lang: str, place: str | None = None) -> str:
    """Return what fetches a model, and by which name it is used from then on."""
    if _in_shell.get():
        language = "" if lang == "en" else f" --lang {lang}"
        origin = f" --from {place}" if place else ""
        return f"'annopipe pull {name}{language}{origin}', then --model {name}{language}"
    origin = f", {place!r}" if place else ""
    return (
        f"AlbertEmbeddings.pretrained({name!r}, {lang!r}{origin}), and annopipe.load({name!r}, {lang!r}) from then on"
    )


def bundled() -> str:
    """Return how to use the bundled model."""
    return "--model albert_mini" if _in_shell.get() else "pretrained('albert_mini', 'en')"


def listed() -> str:
    """Return what lists the models."""
    return "'annopipe models'" if _in_shell.get() else "annopipe.models()"


def repository_option(place: str) -> str:
    """Return how a place to fetch from is given."""
    return f"'annopipe pull NAME --from {place}'" if _in_shell.get() else f"remote_loc={place!r}"
