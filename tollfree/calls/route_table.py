"""An agent's table of intents and the language models that serve them: what it names, and what it misses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tollfree.calls.project import ProjectSettings
from tollfree.flows.errors import Fault, Severity
from tollfree.flows.nearest import did_you_mean
from tollfree.protocol.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Who serves an intent of an agent."""

    intent: str
    route: str
    """Of the table, else as the flow's author wrote it; empty: the default chain."""
    by_table: bool


def intents_of(documents: Iterable[Mapping[str, Value]]) -> dict[str, str]:
    """Every intent of some flows, with the route its author gave it; empty: none."""
    found: dict[str, str] = {}
    for node in _nodes(documents):
        intents = node.get("intents")
        for name, option in intents.items() if isinstance(intents, Mapping) else ():
            route = option.get("route") if isinstance(option, Mapping) else None
            found[name] = found.get(name) or (route if isinstance(route, str) else "")
    return found


def routes_named(document: Mapping[str, Value]) -> list[tuple[str, str]]:
    """Every route a flow names, with the node that does."""
    nodes = document.get("nodes")
    found: list[tuple[str, str]] = []
    for name, node in nodes.items() if isinstance(nodes, Mapping) else ():
        parts = [node]
        intents = node.get("intents") if isinstance(node, Mapping) else None
        parts += list(intents.values()) if isinstance(intents, Mapping) else []
        for part in parts:
            route = part.get("route") if isinstance(part, Mapping) else None
            if isinstance(route, str):
                found.append((str(name), route))
    return found


def table_of(settings: ProjectSettings, agent: str, intents: Mapping[str, str]) -> tuple[Served, ...]:
    """Every intent, and every entry of the table. Raises `BadProject` where there is no such agent."""
    table = settings.agent(agent).routes
    names = dict.fromkeys((*intents, *table))
    return tuple(
        Served(intent=name, route=table.get(name) or intents.get(name, ""), by_table=name in table) for name in names
    )


def unknown_intent(intent: str, intents: Mapping[str, str]) -> str:
    """What is to be said of an intent that no flow has; empty: one has it."""
    if intent in intents:
        return ""
    return f"No flow of the project has the intent `{intent}`.{did_you_mean(intent, intents)}"


def unknown_route(route: str, known: Iterable[str]) -> str:
    """What is to be said of a route that the installation lacks; empty: it is there, or there are none at all."""
    names = tuple(known)
    if not names or route in names:
        return ""
    return f"There is no route or chain `{route}`, so the default one is asked.{did_you_mean(route, names)}"


def route_faults(document: Mapping[str, Value], known: Iterable[str]) -> tuple[Fault, ...]:
    """A warning for each route that a flow names and the installation lacks."""
    names = tuple(known)
    told = {(node, route): unknown_route(route, names) for node, route in routes_named(document)}
    return tuple(
        Fault(code="unknown_route", message=message, node=node, severity=Severity.WARNING)
        for (node, _), message in told.items()
        if message
    )


def _nodes(documents: Iterable[Mapping[str, Value]]) -> Iterable[Mapping[str, Value]]:
    for document in documents:
        nodes = document.get("nodes")
        for node in nodes.values() if isinstance(nodes, Mapping) else ():
            if isinstance(node, Mapping):
                yield node
