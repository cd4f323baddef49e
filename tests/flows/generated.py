"""Flows and events as hypothesis makes them, for the laws that must hold of all of them."""

from typing import Any

from hypothesis import strategies as st

from tests.flows.ordering.menus import DINER
from tollfree.flows.compile import Compiled, compile_flow
from tollfree.flows.library import Library, ToolInfo
from tollfree.protocol.effects import Compose, Effect, Lookup, Retrieve, Say, Transfer, Understand
from tollfree.protocol.events import (
    Answered,
    CallEnded,
    CallerSilent,
    CallerSpoke,
    CallEvent,
    CallResumed,
    CallStarted,
    Composed,
    EffectFailed,
    KeyPressed,
    LookedUp,
    Retrieved,
    Spoken,
    Supervised,
    TimerFired,
    Transferred,
)
from tollfree.protocol.facts import CallFacts
from tollfree.protocol.ids import EffectId, SlotName
from tollfree.protocol.passage import Passage
from tollfree.protocol.question import Answer, SlotReading

FACTS = CallFacts(started_at="2026-11-22T10:00:00-05:00")
LIBRARY = Library(
    project={"name": "Test"},
    tools={
        "things.find": ToolInfo(name="things.find", world=False, required=("code",), arguments=("code",)),
        "things.place": ToolInfo(name="things.place", world=True, arguments=("order",)),
    },
    catalogues={"diner": DINER},
)
PART: dict[str, Any] = {
    "flow": "part",
    "start": "code",
    "arguments": {"who": "text"},
    "handlers": {"skip": {"examples": ["skip this"], "go": "skipped"}, "aside": {"examples": ["oh"], "go": "oh"}},
    "nodes": {
        "code": {
            "kind": "ask",
            "slots": {"code": {"type": "digits", "length": 3, "ask": "Which code, {{ who }}?", "confirm": "always"}},
            "exits": {"given": "find", "refused": "skipped", "gave_up": "skipped", "silent": "skipped"},
        },
        "find": {
            "kind": "lookup",
            "tool": "things.find",
            "with": {"code": "{{ code }}"},
            "save": "thing",
            "exits": {"found": "done", "missing": "code", "failed": "skipped"},
        },
        "oh": {
            "kind": "ask",
            "slots": {"remark": {"type": "text", "ask": "Oh?"}},
            "exits": dict.fromkeys(("given", "refused", "gave_up", "silent"), "resume"),
        },
        "done": {"kind": "end"},
        "skipped": {"kind": "end"},
    },
}
"""A flow that others run, with handlers of its own: one of them ends it, one hides one of the flow around it."""
CLOSED: dict[str, tuple[str, ...]] = {
    "say": ("said",),
    "ask": ("given", "refused", "gave_up", "silent"),
    "intent": ("apples", "pears", "unclear", "silent"),
    "lookup": ("found", "missing", "failed"),
    "answer": ("answered", "unknown", "failed", "silent"),
    "talk": ("settled", "gave_up", "failed", "silent"),
    "branch": ("small", "otherwise"),
    "transfer": ("connected", "nobody", "failed"),
    "order": ("placed", "cancelled", "gave_up", "silent"),
    "run": ("done", "skipped"),
    "end": (),
}
"""What DESIGN.md promises of each kind; `apples`, `pears`, `settled` and `small` are the authors' own exits; `done`
and `skipped` are the ends of the flow that `run` runs."""

_FIELDS: dict[str, dict[str, Any]] = {
    "say": {"say": "Hello."},
    "ask": {"slots": {"code": {"type": "digits", "length": 3, "ask": "Which code?"}}},
    "intent": {
        "ask": "Apples or pears?",
        "intents": {"apples": {"examples": ["apples please"]}, "pears": {"examples": ["some pears"]}},
    },
    "lookup": {"tool": "things.find", "with": {"code": '{{ code | default("") }}'}, "save": "thing"},
    "answer": {"ask": "What would you like to know?"},
    "talk": {"goal": "Settle it.", "opening": "Let us talk.", "outcomes": {"settled": "when it is settled"}},
    "branch": {"when": [{"if": "call.weekday == 'sunday'", "exit": "small"}]},
    "transfer": {"to": "staff"},
    "order": {
        "catalogue": "diner",
        "ask": "What would you like?",
        "tool": "things.place",
        "with": {"order": "{{ order }}"},
        "receipt": "receipt",
    },
    "run": {"flow": "part", "with": {"who": "you"}, "save": {"found": "thing"}},
    "end": {"say": "Bye."},
}
_SPOKEN_EXITS = {
    "ask": {"given", "refused", "gave_up"},
    "intent": {"apples", "pears", "unclear"},
    "talk": {"settled", "gave_up"},
    "order": {"placed", "cancelled", "gave_up"},
}
"""Exits that need a word of the caller: only these may lead backwards in a flow that passes the checks."""


@st.composite
def documents(draw: st.DrawFn, *, checked: bool) -> dict[str, Any]:
    """A flow. `checked`: wired so that the checks pass; otherwise anything that compiles node by node."""
    kinds = draw(st.lists(st.sampled_from([kind for kind in CLOSED if kind != "end"]), min_size=1, max_size=8))
    kinds += ["transfer", "end"]
    names = [f"n{place}" for place in range(len(kinds))]
    nodes: dict[str, Any] = {}
    for place, kind in enumerate(kinds):
        exits: dict[str, str] = {}
        for exit in CLOSED[kind]:
            forward = names[place + 1 :]
            backwards = exit in _SPOKEN_EXITS.get(kind, set())
            exits[exit] = draw(st.sampled_from(names if backwards or not checked else forward))
        nodes[names[place]] = {"kind": kind, **_FIELDS[kind], "exits": exits}
        if kind == "ask" and kinds.count("ask") > 1:
            # All ask for the same slot: each must ask anew, or two of them could pass the call on for ever.
            nodes[names[place]]["anew"] = checked or draw(st.booleans())
    handlers: dict[str, Any] = {"person": {"go": names[-2]}, "aside": {"examples": ["by the way"], "go": "aside"}}
    if draw(st.booleans()):
        handlers["question"] = {"go": "faq", "when_unclear": True}
        nodes["faq"] = {"kind": "answer", "exits": dict.fromkeys(CLOSED["answer"], "resume")}
    nodes["aside"] = {"kind": "say", "say": "By the way.", "exits": {"said": "resume"}}
    document = {"flow": "made", "start": names[0], "handlers": handlers, "nodes": nodes}
    if checked:
        reached = _reached(document)
        document["nodes"] = {name: node for name, node in nodes.items() if name in reached}
    return document


def _reached(document: dict[str, Any]) -> set[str]:
    waiting = [document["start"], *(handler["go"] for handler in document["handlers"].values())]
    reached: set[str] = set()
    while waiting:
        node = waiting.pop()
        if node not in reached and node in document["nodes"]:
            reached.add(node)
            waiting += document["nodes"][node].get("exits", {}).values()
    return reached


def compiled(document: dict[str, Any]) -> Compiled:
    return compile_flow(document, LIBRARY, {"part": PART})


texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["two cokes please", "a garden salad", "a turkey", "make that three", "that's all", "take off the coke", "yes"]
    ),
)
choices = st.sampled_from(
    [
        "apples",
        "pears",
        "yes",
        "no",
        "refuse",
        "done",
        "person",
        "repeat",
        "hold_on",
        "start_over",
        "goodbye",
        "aside",
        "question",
        "more",
        "skip",
        "cancel",
        "x",
    ]
)
readings = st.builds(
    lambda slot, value, confidence, correction: SlotReading(
        slot=SlotName(slot), value=value, confidence=confidence, heard="", correction=correction
    ),
    st.sampled_from(["code", "code", "remark"]),
    st.one_of(st.sampled_from(["123", "456", "12", ""]), st.none(), st.integers()),
    st.floats(0, 1),
    st.booleans(),
)
answers = st.builds(
    lambda choice, slots: Answer(choice=choice, slots=tuple(slots), confidence=0.9, decided_by="rules"),
    st.one_of(st.none(), choices),
    st.lists(readings, max_size=2),
)


@st.composite
def results(draw: st.DrawFn, effect: Effect) -> CallEvent:
    """A result of an effect: any that could come."""
    if draw(st.integers(0, 4)) == 0:
        return EffectFailed(effect=effect.id, code="timeout", message="too slow")
    match effect:
        case Say():
            heard = draw(st.sampled_from([effect.text, effect.text[:3], ""]))
            return Spoken(effect=effect.id, heard=heard, complete=heard == effect.text)
        case Understand():
            return Answered(effect=effect.id, answer=draw(answers))
        case Lookup():
            return LookedUp(effect=effect.id, found=draw(st.booleans()), result={"name": "thing"})
        case Retrieve():
            more = draw(st.sampled_from([(), ("More.",)]))
            speakable, score = draw(st.sampled_from(["", "Text."])), draw(st.sampled_from([0.2, 0.9]))
            passages = (Passage(id="p1", text="Text.", speakable=speakable, more=more, score=score),)
            return Retrieved(effect=effect.id, passages=passages if draw(st.booleans()) else ())
        case Compose():
            exit = draw(st.sampled_from([None, "settled", "elsewhere"]))
            cited = draw(st.sampled_from([(), ("p1",), ("p2",)]))
            return Composed(effect=effect.id, text=draw(st.sampled_from(["", "Words."])), exit=exit, cited=cited)
        case Transfer():
            return Transferred(effect=effect.id, connected=draw(st.booleans()))
        case _:
            return CallerSilent()


@st.composite
def stray(draw: st.DrawFn) -> CallEvent:
    """Any event at all, whether or not anything asked for it."""
    effect = EffectId(f"e{draw(st.integers(0, 30))}")
    return draw(
        st.one_of(
            st.builds(lambda t: CallerSpoke(text=t), texts),
            st.builds(lambda k: KeyPressed(keys=k), st.text(alphabet="0123456789*#", min_size=1, max_size=6)),
            st.just(CallerSilent()),
            st.just(CallStarted(facts=FACTS)),
            st.builds(lambda a: Answered(effect=effect, answer=a), answers),
            st.builds(lambda f: LookedUp(effect=effect, found=f, result=None), st.booleans()),
            st.just(Retrieved(effect=effect)),
            st.just(Composed(effect=effect, text="")),
            st.just(Transferred(effect=effect, connected=True)),
            st.just(Spoken(effect=effect, heard="so")),
            st.just(EffectFailed(effect=effect, code="gone")),
            st.just(TimerFired(timer="call_limit")),
            st.just(CallEnded()),
            st.just(CallResumed()),
            st.builds(
                lambda action, name, value: Supervised(action=action, by="somebody", name=name, value=value),
                st.sampled_from(["set_slot", "choose_exit", "say", "take_over", "take_over", "hand_back", "hang_up"]),
                st.sampled_from(["code", "given", "said", "apples", "nothing"]),
                st.sampled_from(["123", "", None, 5]),
            ),
        )
    )
