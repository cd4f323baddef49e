"""XLSX: a row is a passage, with its columns' headings and its sheet's name. Streamed: memory holds a row, and the
workbook's shared texts."""

import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Protocol, cast

from langchain_core.documents import Document
from openpyxl import load_workbook  # pyright: ignore[reportMissingModuleSource] - typed by what is used of it, below
from typing_extensions import override

from tollfree.knowledge.ingest.block import block, long_headings, row_line
from tollfree.knowledge.ingest.loaders.base import FileLoader
from tollfree.knowledge.ingest.zip_check import check_zip

MAX_BLANK_ROWS = 10_000
"""So many empty rows after each other are the end of a sheet that was formatted to its last row."""
MAX_TITLES = 4
"""Lines above a table; more single cells below each other are a sheet of one column."""

_DECIMALS = re.compile(r"0\.(0+)")
_CURRENCY = re.compile(r"[$€£¥]")


class _Cell(Protocol):
    """What is used of a cell."""

    @property
    def value(self) -> object: ...
    @property
    def number_format(self) -> str: ...


class _Sheet(Protocol):
    """What is used of a sheet."""

    @property
    def title(self) -> str: ...
    @property
    def sheet_state(self) -> str: ...
    def iter_rows(self) -> Iterator[Sequence[_Cell]]: ...
    def reset_dimensions(self) -> None: ...


class _Workbook(Protocol):
    """What is used of a workbook."""

    @property
    def worksheets(self) -> Sequence[_Sheet]: ...
    def close(self) -> None: ...


class XlsxLoader(FileLoader):
    """Formulas give the values that were last computed. Hidden sheets are passed over, which is noted."""

    @override
    def lazy_load(self) -> Iterator[Document]:
        check_zip(self.file)
        workbook = _opened(self.file)
        try:
            hidden = [sheet.title for sheet in workbook.worksheets if sheet.sheet_state != "visible"]
            if hidden:
                self.faults.warn(
                    "hidden_sheets",
                    f"Its hidden sheets were passed over: {', '.join(hidden)}.",
                    "Show them in the workbook if they should be known.",
                )
            for sheet in workbook.worksheets:
                if sheet.sheet_state == "visible":
                    yield from _rows(sheet)
        finally:
            workbook.close()


def _opened(file: Path) -> _Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that are not read
        return cast(_Workbook, load_workbook(file, read_only=True, data_only=True))


def _rows(sheet: _Sheet) -> Iterator[Document]:
    """The first row with several cells is the headings; what stands above it alone is the table's title. A sheet of
    one column has its heading in the first row."""
    headings: list[str] = []
    alone: list[tuple[int, list[str]]] = []
    section = sheet.title
    for number, texts in _filled(sheet):
        if headings:
            yield from _row(headings, texts, section, number, sheet.title)
        elif sum(map(bool, texts)) > 1:
            headings = texts
            section = " > ".join((sheet.title, *("".join(each) for _, each in alone)))
            if text := long_headings(texts):
                yield block("row", text, section=section, place=f"row {number} of {sheet.title}")
        else:
            alone.append((number, texts))
            if len(alone) > MAX_TITLES:
                headings = alone[0][1]
                for at, each in alone[1:]:
                    yield from _row(headings, each, section, at, sheet.title)
    if not headings and alone:
        for at, each in alone[1:] or alone:
            yield from _row(alone[0][1] if alone[1:] else (), each, section, at, sheet.title)


def _row(headings: Sequence[str], texts: Sequence[str], section: str, number: int, sheet: str) -> Iterator[Document]:
    if text := row_line(headings, texts):
        yield block("row", text, section=section, place=f"row {number} of {sheet}")


def _filled(sheet: _Sheet) -> Iterator[tuple[int, list[str]]]:
    """Rows with something in them, by their number."""
    sheet.reset_dimensions()  # some programs write them wrong, and rows would be missing
    blank = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = [cell_text(cell.value, cell.number_format or "") for cell in row]
        blank = 0 if any(texts) else blank + 1
        if blank > MAX_BLANK_ROWS:
            return
        if any(texts):
            yield number, texts


def cell_text(value: object, number_format: str) -> str:
    """A value as its sheet shows it, as far as that matters when it is read out: `12.50`, `$3.00`, `15 %`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if not (value.hour or value.minute or value.second) else "%Y-%m-%d %H:%M")
    if isinstance(value, date | time):
        return value.isoformat() if isinstance(value, date) else value.strftime("%H:%M")
    if isinstance(value, int | float):
        return _number(value, number_format.partition(";")[0])
    return " ".join(str(value).split())


def _number(value: float, shown: str) -> str:
    if "%" in shown:
        return f"{value * 100:g} %"
    decimals = _DECIMALS.search(shown)
    text = f"{value:.{len(decimals[1])}f}" if decimals else f"{value:.15g}"
    currency = _CURRENCY.search(shown)
    return f"{currency[0]}{text}" if currency else text
