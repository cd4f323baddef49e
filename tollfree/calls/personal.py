"""Hides what a flow marks as `personal: true` from people who look at calls.

Hidden are the values of such slots and variables wherever a record names them: in exit tokens, in what was understood
and why, in the arguments of tools that read them, in the results that are saved to them, and in what a language model
is given and finds. What caller and agent said aloud is the transcript itself and stays as it was said. The log keeps
everything: a replay needs it.
"""

from dataclasses import replace

from tollfree.calls.store.record import LogEntry, LogRecord
from tollfree.calls.supervising import REFUSED
from tollfree.flows.document import VariableConfig
from tollfree.flows.graph import Flow, Graph
from tollfree.flows.nodes.lookup import LookupNode
from tollfree.flows.wording import Template
from tollfree.protocol.values import Value, Values

HIDDEN = "•••"
"""Stands where a personal value was."""


class Veil:
    """Hides the personal values of one call; its records are shown to it in order."""

    def __init__(self, flow: Flow) -> None:
        """A name that is personal in any of the version's flows is so in all: on the way through them, values keep
        their names."""
        self.names = frozenset[str]().union(*(_personal(graph) for graph in flow.graphs.values()))
        """Slots and variables that are personal."""
        nodes = [node for graph in flow.graphs.values() for node in graph.nodes.values()]
        lookups = [node for node in nodes if isinstance(node, LookupNode)]
        self._saved = {node.config.tool for node in lookups if node.config.save in self.names}
        self._given = {
            (node.config.tool, argument)
            for node in lookups
            for argument, source in node.arguments.items()
            if isinstance(source, Template) and source.reads & self.names
        }
        self._asked: dict[str, str] = {}

    def saves(self, effect: str) -> bool:
        """Whether the result of a look-up that was shown before is saved to a personal name."""
        return self._asked.get(effect) in self._saved

    def entry(self, entry: LogEntry) -> LogEntry:
        """The entry as it may be shown."""
        if not self.names:
            return entry
        return replace(entry, record=self._record(entry.record))

    def _record(self, record: LogRecord) -> LogRecord:
        data = record.data
        match record.kind, record.type:
            case "token", _:
                return replace(record, data=self._token(data))
            case "event", "answered":
                return replace(record, data={**data, "answer": self._answer(_mapping(data.get("answer")))})
            case "event", "supervised" if data.get("name") in self.names:
                return replace(record, data={**data, "value": HIDDEN})
            case "note", note if note == REFUSED and data.get("name") in self.names:
                return replace(record, data={**data, "why": HIDDEN})
            case "effect", "lookup":
                self._asked[str(data.get("id"))] = str(data.get("tool"))
                return replace(record, data={**data, "arguments": self._arguments(data)})
            case "effect", "compose":
                return replace(record, data={**data, "values": self._named(_mapping(data.get("values")))})
            case "event", "composed" if data.get("slots"):
                return replace(record, data={**data, "slots": self._named(_mapping(data.get("slots")))})
            case ("event", "looked_up") | ("note", "late_result") if "result" in data:
                return replace(record, data=self._result(data))
            case _:
                return record

    def _token(self, data: Values) -> Values:
        slots = _mapping(data.get("slots"))
        if not self.names & slots.keys():
            return data
        return {**data, "slots": self._named(slots), "evidence": HIDDEN if data.get("evidence") else ""}

    def _named(self, values: Values) -> Values:
        return {name: HIDDEN if name in self.names else value for name, value in values.items()}

    def _answer(self, answer: Values) -> Value:
        readings = answer.get("slots")
        if not isinstance(readings, list | tuple):
            return answer
        shown: list[Value] = []
        hidden = False
        for reading in map(_mapping, readings):
            personal = reading.get("slot") in self.names
            hidden = hidden or personal
            shown.append({**reading, "value": HIDDEN, "heard": HIDDEN} if personal else reading)
        return {**answer, "slots": shown, "evidence": HIDDEN} if hidden else answer

    def _arguments(self, data: Values) -> Values:
        tool, arguments = str(data.get("tool")), _mapping(data.get("arguments"))
        return {name: HIDDEN if (tool, name) in self._given else value for name, value in arguments.items()}

    def _result(self, data: Values) -> Values:
        personal = self._asked.get(str(data.get("effect"))) in self._saved and data["result"] is not None
        return {**data, "result": HIDDEN} if personal else data


def _personal(graph: Graph) -> frozenset[str]:
    slots = {str(name) for name, slot in graph.slots.items() if slot.config.personal}
    variables = graph.head.variables.items()
    return frozenset(slots | {name for name, one in variables if isinstance(one, VariableConfig) and one.personal})


def _mapping(value: Value) -> Values:
    return value if isinstance(value, dict) else {}
