"""A way to a person may lead through another flow."""

from collections.abc import Mapping

from tollfree.flows.compile import compile_flow
from tollfree.flows.library import Library
from tollfree.protocol.values import Value

Nodes = Mapping[str, Mapping[str, Value]]


def flow(name: str, nodes: Nodes, **head: Value) -> dict[str, Value]:
    return {"flow": name, "start": next(iter(nodes)), "nodes": nodes, **head}


HELP = flow(
    "help",
    {
        "connect": {
            "kind": "transfer",
            "to": "staff",
            "exits": {"connected": "done", "nobody": "done", "failed": "done"},
        },
        "done": {"kind": "end"},
    },
)
RELAY = flow(
    "relay",
    {"on": {"kind": "run", "flow": "help", "exits": {"done": "back"}}, "back": {"kind": "end", "outcome": "done"}},
)
APOLOGY = flow(
    "apology", {"sorry": {"kind": "say", "say": "Sorry.", "exits": {"said": "done"}}, "done": {"kind": "end"}}
)


def codes(runs: str) -> set[str]:
    """Codes of what is wrong with a flow whose handler `person` runs another flow."""
    nodes: Nodes = {
        "which": {"kind": "say", "say": "Hello.", "exits": {"said": "bye"}},
        "bye": {"kind": "end"},
        "to_a_person": {"kind": "run", "flow": runs, "exits": {"done": "bye"}},
    }
    main = flow("main", nodes, handlers={"person": {"go": "to_a_person"}})
    others = {str(one["flow"]): one for one in (HELP, RELAY, APOLOGY)}
    return {fault.code for fault in compile_flow(main, Library(), others).faults}


def test_running_a_flow_that_transfers_is_a_way_to_a_person() -> None:
    assert codes("help") == set()


def test_running_a_flow_that_runs_one_that_transfers_is_a_way_to_a_person() -> None:
    assert codes("relay") == set()


def test_running_a_flow_that_transfers_nobody_is_no_way_to_a_person() -> None:
    assert "no_way_to_person" in codes("apology")
