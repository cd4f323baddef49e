"""What every loader is: LangChain's `BaseLoader` over one file on disk."""

from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from typing_extensions import override

from tollfree.knowledge.ingest.fault import Faults


class FileLoader(BaseLoader):
    """Reads one file. Blocks are yielded as they are read, so that memory holds little of a large one."""

    def __init__(self, file: Path, faults: Faults, *, url: str = "") -> None:
        """`faults` takes what is wrong and stops nothing; `url`: where a page was fetched from."""
        self.file = file
        self.faults = faults
        self.url = url

    @abstractmethod
    @override
    def lazy_load(self) -> Iterator[Document]:
        """Its blocks, in reading order; see `tollfree.knowledge.ingest.block`. Raises `BadDocument`, or whatever its
        library raises of a file that is damaged."""
