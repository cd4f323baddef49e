"""Which loader reads which kind. Each is imported when its kind is met."""

from importlib import import_module
from pathlib import Path
from typing import cast

from tollfree.knowledge.ingest.fault import Faults
from tollfree.knowledge.ingest.kind import Kind
from tollfree.knowledge.ingest.loaders.base import FileLoader

LOADERS = {
    Kind.PDF: "PdfLoader",
    Kind.DOCX: "DocxLoader",
    Kind.PPTX: "PptxLoader",
    Kind.XLSX: "XlsxLoader",
    Kind.CSV: "CsvLoader",
    Kind.HTML: "HtmlLoader",
    Kind.MARKDOWN: "MarkdownLoader",
    Kind.JSON: "JsonLoader",
    Kind.TEXT: "TextLoader",
}
"""By kind: the class, in the file of this folder that is called as the kind."""


def loader_of(kind: Kind, file: Path, faults: Faults, *, url: str = "") -> FileLoader:
    """What reads this file."""
    module = import_module(f"tollfree.knowledge.ingest.loaders.{kind}")
    return cast(type[FileLoader], getattr(module, LOADERS[kind]))(file, faults, url=url)
