"""Makes calls that ended before words were kept found by them, and by their callers."""

from tollfree.calls.said import text_of
from tollfree.calls.store.record import LogEntry
from tollfree.protocol.ids import CallId
from tollfree.wiring.flow_shelf import FlowShelf
from tollfree.wiring.office import Office


async def find_again(office: Office) -> int:
    """Read their logs, oldest first; how many there were. Safe to break off, and to run while calls run."""
    store, flows = office.store, FlowShelf(office.store)
    done, after = 0, None
    while waiting := await store.call_texts.missing(after=after):
        for call in waiting:
            entries = [entry async for entry in store.log.stream(call)]
            flow = await flows.of(await store.calls.get(call))
            await store.call_texts.keep(call, text_of(entries, flow))
            await _called_by(office, call, entries)
            done += 1
        after = waiting[-1]
    return done


async def _called_by(office: Office, call: CallId, entries: list[LogEntry]) -> None:
    for entry in entries:
        facts = entry.record.data.get("facts") if entry.record.type == "call_started" else None
        if isinstance(facts, dict) and facts.get("caller"):
            await office.store.calls.called_by(call, str(facts["caller"]))
            return
