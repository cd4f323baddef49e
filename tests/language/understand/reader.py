"""A slot reader of a few regular expressions, at the seam where `flows.slots` stands."""

import re

from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import FlowId, SlotName
from tollfree.protocol.question import Reading

FORMS = {
    # slot: what it is as a whole utterance, and how it is mentioned inside a longer one
    "order": (r"(?:it's |no,? |sorry,? )*(?P<v>\d{5})[.!]?", r"order (?:number )?(?P<v>\d{5})\b"),
    "phone": (r"(?:it's )?(?P<v>\d{3} ?\d{3} ?\d{4})", r"(?P<v>\b\d{3} ?\d{3} ?\d{4}\b)"),
    "name": (r"(?:it's |i'm )?(?P<v>[A-Z][a-z]+ [A-Z][a-z]+)", r"(?:it's|name is) (?P<v>[A-Z][a-z]+ [A-Z][a-z]+)"),
    "count": (r"(?P<v>\d{1,2}|two|fifteen|fifty)", r"\b(?P<v>two|fifteen|fifty)\b"),
    "role": (r"(?P<v>agent|buyer)", r"\b(?P<v>agent|buyer)\b"),
    "note": (r"(?P<v>.+)", r"(?!)"),
}


class RegexReader:
    """Reads and finds by `FORMS`."""

    def read(self, flow: FlowId, slot: SlotName, said: str, facts: CallFacts) -> Reading | None:
        match = re.fullmatch(FORMS[slot][0], said.strip(), re.DOTALL)
        return Reading(value=match["v"], confidence=0.95, start=match.start("v"), end=match.end("v")) if match else None

    def find(self, flow: FlowId, slot: SlotName, said: str, facts: CallFacts) -> Reading | None:
        match = re.search(FORMS[slot][1], said)
        return Reading(value=match["v"], confidence=0.9, start=match.start("v"), end=match.end("v")) if match else None
