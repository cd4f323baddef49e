"""One running call, as those who watch it see it."""

from dataclasses import replace

from tollfree.calls.latency import Stage, timings_of
from tollfree.calls.personal import HIDDEN, Veil
from tollfree.calls.personal_words import Hush
from tollfree.calls.position import Position
from tollfree.calls.said import turn_of
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogEntry
from tollfree.flows.graph import Flow
from tollfree.protocol.values import Values
from tollfree.server.models.live import LiveCall

HELD_MS = 1500.0
"""The caller's words wait so long, at most, until it is known whether they tell a personal value; then they are hidden
from those who may not know it."""
_SPOKE = frozenset({"caller_spoke", "key_pressed"})
_SETTLES = frozenset({"answered", "composed", "retrieved", "looked_up", "effect_failed", "transferred", "call_ended"})


class WatchedCall:
    """Fed with the call's records in order."""

    def __init__(self, call: Call, flow: Flow | None) -> None:
        self.call = call
        self.next = 0
        """The place of the next record."""
        self._position = Position(flow)
        self._veil = Veil(flow) if flow is not None else None
        self._hush = Hush(self._veil)
        self._holds = self._veil is None or bool(self._veil.names)
        self._held: list[LogEntry] = []
        self._since_ms: float | None = None
        """Since when the caller's words are held back."""
        self._turns = 0
        self._said = {"caller": "", "agent": ""}
        self._response_ms: float | None = None

    @property
    def shown_next(self) -> int:
        """The place of the next record for those who may not see personal values."""
        return self._held[0].seq if self._held else self.next

    def feed(self, entries: tuple[LogEntry, ...], now_ms: float) -> tuple[LogEntry, ...]:
        """The next records; returns those that may now be shown to whom may not see personal values."""
        for entry in entries:
            self.next = entry.seq + 1
            self._position.feed(entry)
            self._read(entry)
            veiled = self._veil.entry(entry) if self._veil is not None else entry
            self._hush.learn(entry)
            self._held.append(veiled)
            if entry.record.kind == "event" and self._holds:
                if entry.record.type in _SPOKE:
                    self._since_ms = now_ms
                elif entry.record.type in _SETTLES:
                    self._since_ms = None
        if self._since_ms is not None and now_ms - self._since_ms > HELD_MS:
            self._give_up()
        if self._since_ms is not None:
            return ()
        shown, self._held = tuple(self._hush.entry(one) for one in self._held), []
        return shown

    def rest(self) -> tuple[LogEntry, ...]:
        """The call is over: what was held back, as it may be shown."""
        self._give_up()
        shown, self._held = tuple(self._hush.entry(one) for one in self._held), []
        return shown

    def now(self, *, personal: bool) -> LiveCall:
        """How it stands."""
        call, position = self.call, self._position
        said = {who: text if personal else self._shown(text) for who, text in self._said.items()}
        return LiveCall(
            id=call.id,
            agent=call.agent,
            flow=call.flow,
            version=call.version,
            trial=call.trial,
            line=call.line,
            caller=call.caller if personal or not call.caller else HIDDEN,
            started_at=call.started_at,
            node=position.node,
            flow_now=position.flow_now,
            waits_for=position.waits_for,
            since=position.since,
            attempts=position.attempts,
            turns=self._turns,
            caller_said=said["caller"],
            agent_said=said["agent"],
            response_ms=self._response_ms,
            seq=self.next,
        )

    def _shown(self, text: str) -> str:
        return HIDDEN if text and (self._since_ms is not None or self._hush.hides(text)) else text

    def _read(self, entry: LogEntry) -> None:
        record = entry.record
        turn = turn_of(entry)
        if turn is not None and turn.who != "person" and turn.text:
            self._said[turn.who] = turn.text
        if record.kind == "event" and record.type == "caller_spoke":
            self._turns += 1
        if record.kind == "note" and record.type == "turn":
            waited = timings_of([entry]).turns[0].waited(Stage.RESPONSE)
            self._response_ms = waited if waited is not None else self._response_ms

    def _give_up(self) -> None:
        """Nobody says what the caller meant: their words stay hidden."""
        self._since_ms = None
        hidden: Values = {"text": HIDDEN, "alternatives": None, "keys": HIDDEN}
        for place, entry in enumerate(self._held):
            record = entry.record
            if record.kind == "event" and record.type in _SPOKE:
                data = {name: hidden.get(name, value) for name, value in record.data.items()}
                self._held[place] = replace(entry, record=replace(record, data=data))
