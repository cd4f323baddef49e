"""What is heard in a call, shown as its log grows: words, exit tokens where they fall, and how long answers took."""

from dataclasses import dataclass, field

import click

from tollfree.calls.latency import Stage, timings_of
from tollfree.calls.log import token_of
from tollfree.calls.store.record import LogEntry
from tollfree.flows.nodes.answer import citations
from tollfree.protocol.values import Value

WORDLESS = {"caller_silent": "[silence]", "caller_unheard": "[the words could not be made out]"}
"""What stands for turns of the caller that have no words, by the event's type."""


@dataclass
class Transcript:
    """Fed with a call's records in order."""

    show: bool
    """Print it, too."""
    entries: list[LogEntry] = field(default_factory=list[LogEntry])
    """The log so far."""
    lines: list[dict[str, Value]] = field(default_factory=list[dict[str, Value]])
    """`who`, `text`, and `ms` where the agent's line answers the caller: from the end of their speech to the first
    sound of it."""
    path: tuple[str, ...] = ()
    """The exits so far."""
    _waited_ms: float | None = None

    def observe(self, entry: LogEntry) -> None:
        """The next record."""
        self.entries.append(entry)
        record = entry.record
        match record.kind, record.type:
            case "event", "caller_spoke":
                self._waited_ms = None
                self._line("caller", str(record.data["text"]))
            case "event", "key_pressed":
                self._waited_ms = None
                self._line("caller", f"[key {record.data['keys']}]")
            case "event", "caller_silent" | "caller_unheard":
                self._line("caller", WORDLESS[record.type])
            case "event", "spoken":
                if record.data["heard"]:
                    self._line("agent", str(record.data["heard"]) + ("" if record.data["complete"] else " …"))
            case "event", "call_resumed":
                self._aside("the call was cut off and is taken up again")
            case "note", "waiting_line" | "trouble_line":
                self._line("agent", str(record.data["text"]))
            case "note", "turn":
                self._waited_ms = timings_of([entry]).turns[0].waited(Stage.RESPONSE)
            case "note", "interruption":
                self._aside(f"the caller spoke over the agent, which {record.data.get('how', 'paused')}")
            case "token", _:
                token = token_of(record)
                self.path += (token.step,)
                sure = f" {token.confidence:.2f}" if token.decided_by == "classifier" else ""
                self._aside(f"→ {token.step}  ({token.decided_by}{sure})")
                for passage in citations(token.evidence)[1]:
                    self._aside(f"  cited: {passage}")
            case _:
                pass

    def _line(self, who: str, text: str) -> None:
        waited, took = "", self._waited_ms if who == "agent" else None
        if took is not None:
            self._waited_ms, took = None, round(took, 1)
            waited = click.style(f"  {took:.0f} ms", dim=True)
        self.lines.append({"who": who, "text": text, **({"ms": took} if took is not None else {})})
        if self.show:
            click.echo(f"{who:>6}  {text}{waited}")

    def _aside(self, words: str) -> None:
        if self.show:
            click.echo(click.style(f"        {words}", dim=True))
