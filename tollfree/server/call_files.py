"""Lists of calls as files."""

import csv
import io
from collections.abc import AsyncIterator

from tollfree.calls.store.call_filter import CallFilter
from tollfree.calls.store.calls import Call, Calls
from tollfree.server.call_views import call_facts
from tollfree.server.models.calls import CallFacts
from tollfree.wiring.call_story import unnamed

MOST = 50_000
"""Calls of one file."""
PAGE = 1000
COLUMNS = tuple(CallFacts.model_fields)
EXAMPLE = f"""{",".join(COLUMNS)}
01kavz3m5tq8s0v5y3c9w1r7bd,main,support,3,False,livekit,'+12025550143,2026-11-22T19:05:02Z,2026-11-22T19:06:35Z,93.2,answered
"""
"""A file of one call."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for a formula, when a cell begins with it."""


async def csv_of(calls: Calls, only: CallFilter, *, personal: bool) -> AsyncIterator[str]:
    """A line for each call. What would be a formula to a spreadsheet has an apostrophe before it."""
    yield _line(COLUMNS)
    async for call in _all(calls, only, personal=personal):
        fields = call_facts(call).model_dump(mode="json")
        yield _line(["" if fields[name] is None else str(fields[name]) for name in COLUMNS])


async def json_of(calls: Calls, only: CallFilter, *, personal: bool) -> AsyncIterator[str]:
    """An array of them."""
    between = "["
    async for call in _all(calls, only, personal=personal):
        yield f"{between}\n{call_facts(call).model_dump_json()}"
        between = ","
    yield "[]\n" if between == "[" else "\n]\n"


async def _all(calls: Calls, only: CallFilter, *, personal: bool) -> AsyncIterator[Call]:
    page = await calls.found(only, limit=PAGE)
    told = 0
    while True:
        for call in page.calls:
            yield call if personal else unnamed(call)
        told += len(page.calls)
        if page.older is None or told >= MOST:
            return
        page = await calls.found(only, before=page.older, limit=min(PAGE, MOST - told))


def _line(cells: list[str] | tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(FORMULAS) else cell for cell in cells])
    return out.getvalue()
