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

from tollfree.knowledge.ingest.block import block, row_line
from tollfree.knowledge.ingest.loaders.base import FileLoader
from tollfree.knowledge.ingest.zip_check import check_zip

MAX_BLANK_ROWS = 10_000
"""So many empty rows after each other are the end of a sheet that was formatted to its last row."""

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
    sheet.reset_dimensions()  # some programs write them wrong, and rows would be missing
    headings: list[str] = []
    above: list[str] = []
    blank = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = [cell_text(cell.value, cell.number_format or "") for cell in row]
        filled = sum(bool(text) for text in texts)
        blank = 0 if filled else blank + 1
        if blank > MAX_BLANK_ROWS:
            return
        if not filled:
            continue
        if not headings and filled == 1 and len(above) < 5:
            above.append(next(text for text in texts if text))  # a title above the table
        elif not headings:
            headings = texts
        elif text := row_line(headings, texts):
            yield block("row", text, section=" > ".join((sheet.title, *above)), place=f"row {number} of {sheet.title}")
    if above and not headings:
        yield block("prose", "\n".join(above), section=sheet.title, place=sheet.title)
    elif headings and not any(headings[1:]):
        return


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
