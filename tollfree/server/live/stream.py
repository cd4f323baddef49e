"""Server-sent events (HTML Living Standard, 9.2): what a watcher is told, as text."""

from collections.abc import AsyncIterator, Awaitable, Callable

from tollfree.calls.personal import Veil
from tollfree.calls.personal_words import shown
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogEntry
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import ProjectId
from tollfree.server.desk import Desk
from tollfree.server.live.feed import LiveFeed, entry_json
from tollfree.server.live.watcher import LiveEvent, Watcher
from tollfree.server.models.live import LiveEnded

HEARTBEAT_S = 15.0
"""Silence after which a comment is sent, so that nothing in between takes the connection for dead."""
RETRY_MS = 1000
"""After so long a browser comes back."""

Still = Callable[[], Awaitable[bool]]
"""Whether whoever watches still may."""


async def project_stream(
    desk: Desk, project: ProjectId, *, personal: bool, last: str, still: Still
) -> AsyncIterator[str]:
    """All running calls of a project. `last`: the id of the last event that was seen, of a watcher that comes back."""
    feed = desk.feed
    with feed.watching(project, personal=personal) as watcher:
        yield f"retry: {RETRY_MS}\n\n"
        await feed.ready()
        missed = feed.since(last, watcher) if last else None
        if missed is None:
            yield _anew(feed, project, watcher, personal=personal, reset=bool(last))
        else:
            watcher.begin_again()
            for event in missed:
                yield _told(feed.name_of(event.number), event)
        async for events in _batches(watcher, still):
            if watcher.lost:
                yield _anew(feed, project, watcher, personal=personal, reset=True)
                continue
            yield "".join(_told(feed.name_of(event.number), event) for event in events) or ": still here\n\n"


async def call_stream(desk: Desk, call: Call, *, personal: bool, start: int, still: Still) -> AsyncIterator[str]:
    """One call, from a place in its log. Ids are places, so whoever comes back misses nothing, even after the server
    was gone; it ends when the call does."""
    feed = desk.feed
    with feed.watching(call.project, personal=personal, call=call.id) as watcher:
        yield f"retry: {RETRY_MS}\n\n"
        await feed.ready()
        text, start = await _from_log(desk, call, start, personal=personal)
        yield text
        ended = (await desk.store.calls.get(call.id)).ended_at is not None and feed.shown_next(
            call.id, personal=personal
        ) is None
        if ended:
            yield await _ended(desk, call)
            return
        async for events in _batches(watcher, still):
            if watcher.lost:
                watcher.begin_again()
                text, start = await _from_log(desk, call, start, personal=personal)
                yield text
                continue
            told = ""
            for event in events:
                if event.name == "entry" and event.seq < start:
                    continue
                start = max(start, event.seq + 1)
                told += _told(str(event.seq) if event.name == "entry" else "", event)
            yield told or ": still here\n\n"
            if any(event.name == "call_ended" for event in events):
                return


async def _batches(watcher: Watcher, still: Still) -> AsyncIterator[tuple[LiveEvent, ...]]:
    """What comes, and nothing every `HEARTBEAT_S`, until whoever watches may no longer, or the server stops."""
    while not watcher.closed:
        events = await watcher.next(HEARTBEAT_S)
        if watcher.closed and not events:
            return
        if not await still():
            return
        yield events


async def _from_log(desk: Desk, call: Call, start: int, *, personal: bool) -> tuple[str, int]:
    """What the log has by now, as far as it may be shown, and the place after it."""
    entries: tuple[LogEntry, ...] = tuple([one async for one in desk.store.log.stream(call.id, page=2000)])
    known = desk.feed.shown_next(call.id, personal=personal)
    if known is not None:  # what comes after is told by the feed
        entries = entries[:known]
    if not personal:
        flow = await desk.flows.of(call)
        entries = shown(entries, Veil(flow) if flow is not None else None)
    told = "".join(_event(str(entry.seq), "entry", entry_json(call.id, entry)) for entry in entries[start:])
    return told, max(start, len(entries))


async def _ended(desk: Desk, call: Call) -> str:
    try:
        found = await desk.store.calls.get(call.id)
    except TollfreeError:
        found = call
    ended = LiveEnded(call=found.id, outcome=found.outcome or "", ended_at=found.ended_at)
    return _event("", "call_ended", ended.model_dump_json())


def _anew(feed: LiveFeed, project: ProjectId, watcher: Watcher, *, personal: bool, reset: bool) -> str:
    watcher.begin_again()
    told = _event("", "reset", "{}") if reset else ""
    return told + _event(feed.at, "calls", feed.snapshot(project, personal=personal).model_dump_json())


def _told(id: str, event: LiveEvent) -> str:
    return _event(id, event.name, event.data)


def _event(id: str, name: str, data: str) -> str:
    return (f"id: {id}\n" if id else "") + f"event: {name}\ndata: {data}\n\n"
