"""Looks at the store for all who watch, and tells them what is new."""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager

from tollfree.calls.store.calls import Call
from tollfree.calls.store.document import encode
from tollfree.calls.store.growing import Growth
from tollfree.calls.store.record import LogEntry
from tollfree.calls.store.store import Store
from tollfree.flows.graph import Flow
from tollfree.protocol.clock import Clock
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.values import Values
from tollfree.server.errors import TooManyWatchers
from tollfree.server.live.watched import WatchedCall
from tollfree.server.live.watcher import Audience, LiveEvent, Watcher
from tollfree.server.models.live import LiveBegan, LiveCalls, LiveChanged, LiveEnded
from tollfree.wiring.flow_shelf import FlowShelf

LOOK_S = 0.1
"""Between two looks."""
LINGER_S = 10.0
"""So long it is still looked after the last watcher has left: who comes back by then has missed nothing."""
REMEMBERED = 5000
"""Events that can be caught up on."""
MOST_WATCHERS = 500

_log = logging.getLogger(__name__)


class LiveFeed:
    """One for the server. It looks only while somebody watches."""

    def __init__(self, store: Store, flows: FlowShelf, clock: Clock) -> None:
        self._store = store
        self._flows = flows
        self._clock = clock
        self._watchers: set[Watcher] = set()
        self._calls: dict[CallId, WatchedCall] = {}
        self._past: deque[LiveEvent] = deque(maxlen=REMEMBERED)
        self._number = 0
        self._epoch = ""
        """Of the numbers of events: they count only while it is looked without a break."""
        self._task: asyncio.Task[None] | None = None
        self._looked = asyncio.Event()
        self._closed = False

    @contextmanager
    def watching(self, project: ProjectId, *, personal: bool, call: CallId | None = None) -> Generator[Watcher]:
        """A watcher, for as long as this lasts. Raises `TooManyWatchers`."""
        if len(self._watchers) >= MOST_WATCHERS:
            raise TooManyWatchers
        watcher = Watcher(project, call, personal=personal)
        self._watchers.add(watcher)
        if self._closed:
            watcher.close()
        elif self._task is None:
            self._epoch = secrets.token_hex(4)
            self._looked.clear()
            self._task = asyncio.get_running_loop().create_task(self._run(), name="live feed")
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    async def ready(self) -> None:
        """Wait until it has been looked once."""
        await self._looked.wait()

    def snapshot(self, project: ProjectId, *, personal: bool) -> LiveCalls:
        """The calls of a project that run now, oldest first."""
        calls = sorted(
            (one for one in self._calls.values() if one.call.project == project), key=lambda one: one.call.id
        )
        return LiveCalls(calls=tuple(one.now(personal=personal) for one in calls))

    def shown_next(self, call: CallId, *, personal: bool) -> int | None:
        """Up to which place of a call's log its watchers have been told; None: it does not run."""
        watched = self._calls.get(call)
        return None if watched is None else watched.next if personal else watched.shown_next

    @property
    def at(self) -> str:
        """The latest event, for whoever comes back."""
        return self.name_of(self._number)

    def name_of(self, number: int) -> str:
        """An event's id."""
        return f"{self._epoch}-{number}"

    def since(self, name: str, watcher: Watcher) -> tuple[LiveEvent, ...] | None:
        """What a watcher missed since an event; None: it is not known any more."""
        epoch, _, number = name.partition("-")
        if epoch != self._epoch or not number.isdecimal() or len(number) > 18:
            return None
        last = int(number)
        first = self._past[0].number if self._past else self._number + 1
        if not first - 1 <= last <= self._number:
            return None
        return tuple(event for event in self._past if event.number > last and watcher.wants(event))

    async def close(self) -> None:
        """The server stops: all watchers are let go."""
        self._closed = True
        for watcher in tuple(self._watchers):
            watcher.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._looked.set()

    async def _run(self) -> None:
        alone_s = 0.0
        try:
            while alone_s < LINGER_S:
                began_ms = self._clock.elapsed_ms()
                try:
                    more = await self._look()
                except TollfreeError as error:  # the store is away: it is looked again
                    _log.warning("running calls cannot be looked at", extra={"code": error.code})
                    more = False
                took_s = (self._clock.elapsed_ms() - began_ms) / 1000
                alone_s = 0.0 if self._watchers else alone_s + LOOK_S
                await asyncio.sleep(0 if more else max(0.0, LOOK_S - took_s))
        except Exception as error:  # noqa: BLE001 - the server's door: recorded, and whoever watches comes back
            _log.exception("the live feed broke off", extra={"error": type(error).__name__})
        finally:
            self._calls.clear()
            self._past.clear()
            if not self._closed:
                self._task = None
                for watcher in tuple(self._watchers):
                    watcher.close()

    async def _look(self) -> bool:
        """Whether there is more to be read at once."""
        growth = await self._store.growing.look({call: one.next for call, one in self._calls.items()})
        first = not self._looked.is_set()
        flows: dict[tuple[str, str, int], Flow | None] = {}
        for call in growth.running:
            watched = self._calls.get(call.id)
            if watched is None:
                version = (call.project, call.flow, call.version)
                if version not in flows:  # many calls may begin at once
                    flows[version] = await self._flow_of(call)
                watched = self._calls[call.id] = WatchedCall(call, flows[version])
                if not first:
                    self._tell_both("call_began", watched, LiveBegan)
            self._grow(watched, growth, quietly=first)
        self._end(growth, quietly=first)
        if growth.whole:
            self._looked.set()
        return not growth.whole

    async def _flow_of(self, call: Call) -> Flow | None:
        try:
            return await self._flows.of(call)
        except TollfreeError as error:
            _log.warning("a running call's flow cannot be read", extra={"call_id": call.id, "code": error.code})
            return None

    def _grow(self, watched: WatchedCall, growth: Growth, *, quietly: bool) -> None:
        """Take a call's new records, and tell of them. Quietly: nobody has seen the call yet."""
        entries = growth.records.get(watched.call.id, ())
        shown = watched.feed(entries, self._clock.elapsed_ms())
        if quietly or not (entries or shown):
            return
        for entry in entries:
            self._tell_entry(watched.call, entry, "personal")
        for entry in shown:
            self._tell_entry(watched.call, entry, "shown")
        self._tell_both("call_changed", watched, LiveChanged)

    def _end(self, growth: Growth, *, quietly: bool) -> None:
        """Let go of calls that are over, or were deleted."""
        over = {call.id: call for call in growth.ended}
        gone = self._calls.keys() - {call.id for call in growth.running}
        for id in gone:
            watched, call = self._calls[id], over.get(id)
            self._grow(watched, growth, quietly=quietly)
            if not growth.whole and growth.records.get(id):
                continue
            for entry in watched.rest():
                self._tell_entry(watched.call, entry, "shown")
            del self._calls[id]
            ended = LiveEnded(
                call=id, outcome=(call.outcome or "") if call else "", ended_at=call.ended_at if call else None
            )
            self._publish("call_ended", ended.model_dump_json(), watched.call.project, id)

    def _tell_entry(self, call: Call, entry: LogEntry, audience: Audience) -> None:
        self._publish("entry", entry_json(call.id, entry), call.project, call.id, audience, entry.seq)

    def _tell_both(self, name: str, watched: WatchedCall, event: type[LiveBegan] | type[LiveChanged]) -> None:
        """How a call stands, to each as they may see it."""
        call = watched.call
        for audience in ("personal", "shown"):
            data = event(call=watched.now(personal=audience == "personal"))
            self._publish(name, data.model_dump_json(), call.project, call.id, audience)

    def _publish(
        self, name: str, data: str, project: str, call: str, audience: Audience = "all", seq: int = -1
    ) -> None:
        self._number += 1
        event = LiveEvent(self._number, name, data, project, call, audience, seq)
        self._past.append(event)
        for watcher in self._watchers:
            watcher.put(event)


def entry_json(call: CallId, entry: LogEntry) -> str:
    """A record as it is sent, see `LiveEntry`. Records were JSON before: nothing has to be checked."""
    record = entry.record
    told: Values = {
        "call": call,
        "seq": entry.seq,
        "at": record.at,
        "kind": record.kind,
        "type": record.type,
        "data": record.data,
    }
    return encode(told)
