"""What engines did for one call, noted in its log: with the turn and the intent that it was for."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, replace

from tollfree.flows.graph import Flow
from tollfree.flows.nodes.intent import IntentNode
from tollfree.protocol.token import ExitToken
from tollfree.protocol.usage import Used
from tollfree.protocol.values import Value, Values

USAGE = "usage"
"""Type of the notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metered:
    """A piece of work, and what it was for."""

    used: Used
    turn: int = 0
    """Of the caller, from 1; 0: before their first word."""
    intent: str = ""
    """What the caller wanted by then; empty: it was not known yet."""

    def data(self) -> dict[str, Value]:
        """As the note has it: what is not zero, numbers to a thousandth. The kind is called `work` there, as `kind` is
        the record's own."""
        data: dict[str, Value] = {"work": self.used.kind, "engine": self.used.engine, "turn": self.turn}
        if self.intent:
            data["intent"] = self.intent
        for field in fields(Used):
            value = getattr(self.used, field.name)
            if field.default is not MISSING and value != field.default:
                data[field.name] = round(value, 3) if isinstance(value, float) else value
        return data


def metered_of(data: Values) -> Metered | None:
    """What a note says; None: it is none of ours, or of a newer program that knows other kinds."""
    work = data.get("work")
    if work not in ("stt", "llm", "tts"):
        return None
    values: dict[str, object] = {"kind": work, "engine": str(data.get("engine", ""))}
    for field in fields(Used):
        value = data.get(field.name)
        wanted = (str,) if isinstance(field.default, str) else (int, float)
        if field.default is not MISSING and isinstance(value, wanted) and not isinstance(value, bool):
            values[field.name] = value
    turn = data.get("turn")
    return Metered(
        used=Used(**values),  # pyright: ignore[reportArgumentType]  each was held against its field's default above
        turn=turn if isinstance(turn, int) else 0,
        intent=str(data.get("intent", "")),
    )


class Metering:
    """The `Meter` of one call. It never waits: notes go out with whatever the call's log writes next.

    What a recogniser made of the caller's last offer is kept back until it is known whether it was the turn: then it
    counts as `turn`, otherwise as `offer`.
    """

    def __init__(self, late: Callable[[Metered], None] = lambda metered: None) -> None:
        """`late` is told of work whose call is over and whose log is closed."""
        self._late = late
        self._note: Callable[[Metered], None] | None = None
        self._early: list[Metered] = []
        """Work that was done before the call's log could be written."""
        self._ahead: Callable[[], bool] = lambda: False
        self._intents: Callable[[ExitToken], str] = lambda token: ""
        self._offer: Used | None = None
        self._turn = 0
        self._intent = ""
        self._over = False

    def __call__(self, used: Used) -> None:
        if used.kind == "stt" and used.purpose == "offer" and used.came_to == "used":
            self._settle()
            self._offer = used
            return
        heard = used.kind == "stt" and used.purpose != "turn"
        self._tell(used, self._turn + 1 if heard or self._ahead() else self._turn)

    def begin(
        self,
        flow: Flow,
        note: Callable[[Metered], None],
        *,
        ahead: Callable[[], bool] = lambda: False,
        turns: int = 0,
    ) -> None:
        """The call's log can be written. `ahead`: whether the call plans on words that may not be a turn yet, so that
        work is for the next one. `turns`: those that the caller had already, in another process."""
        self._note, self._ahead, self._turn = note, ahead, turns
        self._intents = lambda token: intent_of(flow, token)
        early, self._early = self._early, []
        for metered in early:
            note(metered)

    def spoke(self) -> None:
        """The caller's words are a turn."""
        self._turn += 1
        if (offer := self._offer) is not None:
            self._offer = None
            self._tell(replace(offer, purpose="turn"), self._turn)

    def left(self, token: ExitToken) -> None:
        """A visit to a node is over."""
        self._intent = self._intents(token) or self._intent

    def end(self) -> None:
        """The log is about to be closed: what comes now is late."""
        self._settle()
        self._over = True

    def _settle(self) -> None:
        """The last offer was no turn."""
        if (offer := self._offer) is not None:
            self._offer = None
            self._tell(offer, self._turn + 1)

    def _tell(self, used: Used, turn: int) -> None:
        metered = Metered(used=used, turn=turn, intent=self._intent)
        if self._over:
            self._late(metered)
        elif self._note is None:
            self._early.append(metered)
        else:
            self._note(metered)


def intent_of(flow: Flow, token: ExitToken) -> str:
    """What the caller wanted, where the token is one of an `intent` node that found it out; else empty."""
    graph = flow.graphs.get(token.flow)
    node = graph.nodes.get(token.node) if graph is not None else None
    return str(token.exit) if isinstance(node, IntentNode) and token.exit in node.config.intents else ""
