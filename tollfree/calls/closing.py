"""The end of a call in the store: its state, what engines did for it, and what is counted of it."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

from tollfree.calls.counting import counts_of
from tollfree.calls.said import text_of
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.store import Store
from tollfree.calls.tracing import trace_call
from tollfree.calls.usage import usage_of
from tollfree.flows.graph import Flow
from tollfree.protocol.values import Values


async def close_call(store: Store, call: Call, flow: Flow, ended_at: datetime, outcome: str, state: Values) -> None:
    """Its log must be whole. Raises `UnknownCall` or `CallClosed`."""
    entries = [entry async for entry in store.log.stream(call.id)]
    seconds = max(0.0, (ended_at - call.started_at).total_seconds())
    await store.calls.end(
        call.id,
        ended_at=ended_at,
        outcome=outcome,
        state=state,
        usage=await usage_of(_each(entries), flow),
        said=text_of(entries, flow),
        counts=counts_of(entries, outcome=outcome, seconds=seconds),
    )
    await trace_call(call, entries, ended_at, outcome)


async def _each(entries: Iterable[LogEntry]) -> AsyncIterator[LogEntry]:
    for entry in entries:
        yield entry
