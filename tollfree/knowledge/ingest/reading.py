"""One file to its passages: what it is, its loader, its language, its splitting."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from langchain_core.documents import Document

from tollfree.knowledge.ingest.errors import BadDocument
from tollfree.knowledge.ingest.fault import Fault, Faults
from tollfree.knowledge.ingest.kind import kind_of
from tollfree.knowledge.ingest.language import with_language
from tollfree.knowledge.ingest.loaders.registry import loader_of
from tollfree.knowledge.ingest.splitting import Splitter


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A document to read."""

    document: str
    """Its id: a path or URL."""
    file: Path
    """Where its bytes are."""
    name: str
    """Whose ending may promise a kind: a file's name, or a URL's with its content type's extension."""
    url: str = ""
    """Of a page: where it was fetched from."""


class Reading:
    """The passages of one document, read as they are asked for."""

    def __init__(self, request: Request, splitter: Splitter) -> None:
        self._request = request
        self._splitter = splitter
        self._faults = Faults(request.document)
        self.kind = ""
        """Known once the first passage is there."""
        self.count = 0
        """Passages so far."""

    @property
    def faults(self) -> list[Fault]:
        """What is wrong with it and did not keep it out; complete at the end."""
        return self._faults.found

    def passages(self) -> Iterator[Document]:
        """LangChain documents whose metadata are title, section, place and language. Raises `BadDocument`."""
        request = self._request
        for document in _told(request, self._read):
            self.count += 1
            yield document
        if not self.count:
            raise BadDocument("no_text", "It holds no text.", "Remove it, or add a version with text in it.")

    def _read(self) -> Iterator[Document]:
        request = self._request
        kind = kind_of(request.file, request.name, self._faults)
        self.kind = kind.value
        blocks = loader_of(kind, request.file, self._faults, url=request.url).lazy_load()
        yield from self._splitter.split(with_language(blocks), title_from(request))


def title_from(request: Request) -> str:
    """What a document that names no title is called: by its file, or by its address."""
    path = unquote(urlsplit(request.url).path).rstrip("/") if request.url else request.file.name
    stem = Path(path).stem if path else urlsplit(request.url).netloc
    return " ".join(stem.replace("_", " ").replace("-", " ").split()) or request.document


def _told(request: Request, read: Callable[[], Iterator[Document]]) -> Iterator[Document]:
    """Whatever a library makes of a hostile file becomes one plain fault: this is the door to all of them."""
    damaged = "Open it in the program it was made with, save it anew, and add that."
    try:
        yield from read()
    except BadDocument:
        raise
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise BadDocument(
            "unreadable", f"It cannot be read: {reason}.", "Check its permissions, and that the disk is there."
        ) from error
    except MemoryError as error:
        raise BadDocument("too_large", "It needs more memory than a document may.", "Split it.") from error
    except Exception as error:  # noqa: BLE001 - they raise anything
        raise BadDocument("damaged", f"It is damaged ({type(error).__name__}: {_short(error)}).", damaged) from error


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or "no more is known"
