"""What LanceDB raises, in our words."""

from collections.abc import Generator
from contextlib import contextmanager

from tollfree.knowledge.errors import IndexUnusable

REFUSALS = (OSError, RuntimeError, ValueError, KeyError)
"""What LanceDB raises for a full disk and for damaged files."""


@contextmanager
def faults(uri: str, project: str, done: str) -> Generator[None]:
    """Turns what LanceDB raises into `IndexUnusable`."""
    try:
        yield
    except REFUSALS as error:
        raise IndexUnusable(
            f"The knowledge of {project} in {uri} cannot be {done} ({said(error)}). If the disk is full, make room; "
            f"if files of it are damaged or missing, run `tollfree knowledge rebuild {project}`, which reads the "
            "documents anew where it has to, or put the project's folder back from a backup."
        ) from error


def said(error: Exception) -> str:
    """Its words, without what is only for LanceDB's makers."""
    return str(error).partition(", /")[0].removeprefix("lance error: ")
