"""A flow that is published without a canvas."""

from typing import Any


def asks(question: str, *, title: str = "", goodbye: str = "Goodbye.") -> dict[str, Any]:
    """One question, an end, and a person for whoever has no answer."""
    desk = {"connected": "done", "nobody": "done", "failed": "done"}
    return {
        "schema": 1,
        "flow": "main",
        "title": title,
        "start": "ask",
        "nodes": {
            "ask": {
                "kind": "ask",
                "slots": {"who": {"type": "text", "ask": question}},
                "exits": {"given": "done", "refused": "desk", "gave_up": "desk", "silent": "desk"},
            },
            "desk": {"kind": "transfer", "to": "bakers", "exits": desk},
            "done": {"kind": "end", "say": goodbye},
        },
    }
