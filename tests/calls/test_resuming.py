"""A call that was cut off anywhere is known by its log alone, and nothing that touched the world is done twice."""

from dataclasses import replace
from typing import Any

import pytest

from tests.calls.test_publishing import MAIN, SHOP, project
from tests.fakes.call import MovedClock
from tests.fakes.embedder import HashingEmbedder
from tests.flows.driven import FACTS, LIBRARY, Call, ask, flow_of, lookup, reading
from tollfree.calls import log
from tollfree.calls.publishing import publish
from tollfree.calls.replay import replay_call
from tollfree.calls.resuming import Resumable, fold, taken_up
from tollfree.calls.store.calls import Call as StoredCall
from tollfree.calls.store.errors import UnknownCall
from tollfree.calls.store.record import LogRecord
from tollfree.calls.store.store import Store
from tollfree.calls.tools.definition import Tool
from tollfree.flows.engine import START, step
from tollfree.protocol.effects import Compose, HangUp, Lookup, Retrieve, Say, Transfer, Understand
from tollfree.protocol.events import CallEnded, CallEvent, CallResumed, EffectFailed, Spoken, Supervised
from tollfree.protocol.ids import CallId, EffectId
from tollfree.protocol.question import Question, Said

CALL = CallId("c1")
AT = "2026-11-22T09:05:01.000-05:00"
FIND = Tool(name="find", url="http://127.0.0.1:1/find")
POST = Tool(name="post", method="POST", url="http://127.0.0.1:1/post")
ONCE = Tool(name="post", method="POST", url="http://127.0.0.1:1/post", idempotent=True)
FLOW = flow_of(
    {
        "hello": {"kind": "say", "say": "Hello.", "exits": {"said": "code"}},
        "code": ask(exits={"given": "send"}),
        "send": lookup("bye", tool="post", exits={"failed": "person"}),
    }
)


def records_of(call: Call) -> list[LogRecord]:
    """The log of a call that was driven by hand."""
    found: list[LogRecord] = []
    for event, taken in zip(call.events, call.steps, strict=True):
        event = replace(event, at=AT)
        found += [log.of_event(event), *(log.of_token(replace(token, at=AT)) for token in taken.tokens)]
        found += [log.of_effect(AT, effect) for effect in taken.effects]
    return found


async def kept_call(store: Store, call: Call | None, *, document: Any = FLOW) -> None:
    """A call in the store, as its dead process left it. None: before its first record."""
    await project(store, made=document)
    for tool in (FIND, POST):
        arguments = {name: {"required": False} for name in LIBRARY.tools[tool.name].arguments}
        stored = {**tool.model_dump(mode="json", exclude_unset=True), "arguments": arguments}
        stored |= (
            {"query": {"code": "{{ code }}"}}
            if tool is FIND
            else {"body": {name: f"{{{{ {name} }}}}" for name in arguments}}
        )
        await store.tools.save(SHOP, tool.name, stored)
    await publish(store, SHOP, MAIN, HashingEmbedder())
    started = MovedClock().now()
    begun = StoredCall(id=CALL, project=SHOP, agent="main", flow=MAIN, version=1, line="livekit", started_at=started)
    await store.calls.begin(begun)
    if call is not None:
        await store.log.append(CALL, records_of(call), expected_seq=0)


async def folded(store: Store, call: Call, *, document: Any = FLOW) -> Resumable:
    await kept_call(store, call, document=document)
    return await fold(store, CALL)


# The fold


async def test_a_call_is_known_by_its_log_alone(kept: Store) -> None:
    call = Call(FLOW).says("what?")
    found = await folded(kept, call)
    assert found.state == call.state
    assert (found.next_seq, found.facts, found.ended) == (len(records_of(call)), FACTS, False)
    assert (found.path, found.last_at, found.began_at.year) == (("hello.said",), AT, 2026)
    assert (found.call.version, found.pending) == (1, ())


async def test_a_call_that_died_before_its_first_record_has_no_facts(kept: Store) -> None:
    await kept_call(kept, None)
    found = await fold(kept, CALL)
    assert (found.state, found.facts, found.next_seq, found.pending, found.last_at) == (START, None, 0, (), "")


async def test_a_call_whose_end_was_kept_has_ended(kept: Store) -> None:
    found = await folded(kept, Call(FLOW).take(CallEnded()))
    assert (found.ended, found.pending) == (True, ())


async def test_an_unknown_call_is_told(kept: Store) -> None:
    with pytest.raises(UnknownCall):
        await fold(kept, CALL)


async def test_the_last_command_that_was_performed_or_refused_is_known(kept: Store) -> None:
    call = Call(FLOW).take(Supervised(action="say", by="ann", value="Hello.", command=7))
    found = await folded(kept, call)
    assert found.commands == 7
    refused = log.of_note(AT, "supervision_refused", {"command": 9, "action": "hand_back", "by": "ann", "why": "x"})
    other = log.of_note(AT, "usage", {"command": 12})
    await kept.log.append(CALL, [refused, other], expected_seq=found.next_seq)
    assert (await fold(kept, CALL)).commands == 9


async def test_a_call_that_nobody_supervised_and_one_of_an_older_program_have_none(kept: Store) -> None:
    call = Call(FLOW)
    records = records_of(call.take(Supervised(action="say", by="ann", value="Hello.")))
    old = [replace(one, data={name: v for name, v in one.data.items() if name != "command"}) for one in records]
    await kept_call(kept, None)
    await kept.log.append(CALL, old, expected_seq=0)
    found = await fold(kept, CALL)
    assert (found.commands, found.state) == (0, call.state)


# What is pending


async def test_words_that_were_being_understood_are_pending(kept: Store) -> None:
    found = await folded(kept, Call(FLOW).spoke("one two three"))
    [understand] = found.pending
    assert isinstance(understand, Understand) and understand.said.text == "one two three"


async def test_a_look_up_without_a_result_is_pending_and_one_with_a_result_is_not(kept: Store) -> None:
    call = Call(FLOW).says("one two three", reading("code", "123"))
    found = await folded(kept, call)
    assert found.pending == (call.latest(Lookup),)


async def test_a_look_up_behind_a_digression_is_pending_until_its_result_has_come(kept: Store) -> None:
    handlers = {"aside": {"examples": ["by the way"], "go": "aside"}}
    nodes = {**FLOW["nodes"], "aside": ask("resume", slots={"remark": {"type": "text", "ask": "Oh?"}})}
    del nodes["person"], nodes["bye"]
    document = flow_of(nodes, handlers)
    call = Call(document).says("one two three", reading("code", "123"))
    call.spoke("by the way").means(choice="aside")
    found = await folded(kept, call, document=document)
    assert found.pending == (call.latest(Lookup),)
    seq = await kept.log.append(CALL, records_of(call.found({}))[found.next_seq :], expected_seq=found.next_seq)
    again = await fold(kept, CALL)
    assert (again.pending, again.next_seq, len(again.state.frames)) == ((), seq, 2)


async def test_a_call_that_was_being_hung_up_is_to_be_hung_up_after_what_was_not_heard(kept: Store) -> None:
    call = Call(FLOW)
    for effect, text in call.state.speaking:
        call.take(Spoken(effect=effect, heard=text))
    found = await folded(kept, call.says("bye", choice="goodbye"))
    assert [type(effect) for effect in found.pending] == [Say, HangUp]
    assert (found.state.over, found.ended) == (True, False)


# What is done with it


def effect_id(name: str) -> EffectId:
    return EffectId(name)


UNDERSTAND = Understand(id=effect_id("e1"), question=Question(flow=MAIN, node="n"), said=Said("x"))  # type: ignore[arg-type]
SAFE = Lookup(id=effect_id("e2"), tool="find", world=False)
SENT = Lookup(id=effect_id("e3"), tool="post", world=True)
HANDED = Transfer(id=effect_id("e4"), to="staff")
OTHERS = (
    UNDERSTAND,
    SAFE,
    Retrieve(id=effect_id("e5"), query="x"),
    Compose(id=effect_id("e6"), purpose="talk", instructions="x"),
    Say(id=effect_id("e7"), text="x"),
    HangUp(id=effect_id("e8"), outcome="bye"),
)


def test_what_changes_nothing_outside_is_performed_again() -> None:
    assert taken_up(OTHERS, {"find": FIND}) == (OTHERS, ())


@pytest.mark.parametrize(("tools", "again"), [({"post": POST}, False), ({"post": ONCE}, True), ({}, False)])
def test_what_was_sent_is_sent_again_only_by_a_tool_that_is_idempotent(tools: dict[str, Tool], again: bool) -> None:
    perform, failed = taken_up((SENT,), tools)
    assert perform == ((SENT,) if again else ())
    assert [(one.effect, one.code) for one in failed] == ([] if again else [("e3", "interrupted")])


def test_a_transfer_is_never_made_twice() -> None:
    perform, [failed] = taken_up((HANDED,), {})
    assert (perform, failed.code, "the transfer" in failed.message) == ((), "interrupted", True)


# And so the call goes on


async def test_a_call_that_is_taken_up_takes_the_failed_way_out_of_what_may_have_been_done(kept: Store) -> None:
    call = Call(FLOW).says("one two three", reading("code", "123"))
    found = await folded(kept, call)
    perform, failed = taken_up(found.pending, {"post": POST})
    events: list[CallEvent] = [CallResumed(at=AT), *failed]
    for event in events:
        call.take(event)
    assert (perform, call.path[-1], call.values["code"]) == ((), "send.failed", "123")
    assert isinstance(events[-1], EffectFailed)
    await kept.log.append(CALL, records_of(call)[found.next_seq :], expected_seq=found.next_seq)
    assert (await replay_call(kept, CALL)).differences == ()


def test_cut_off_after_any_step_the_caller_is_where_they_were_with_all_they_gave() -> None:
    whole = Call(FLOW).says("what?").says("one two three", reading("code", "123")).found({})
    for cut in range(1, len(whole.events)):
        flow, state, path = whole.flow, START, list[str]()
        for place, event in enumerate(whole.events):
            taken = step(flow, state, event)
            state, path = taken.state, [*path, *(token.step for token in taken.tokens)]
            if place == cut and not state.over:
                again = step(flow, state, CallResumed(at=AT))
                assert not again.tokens and again.state.scopes == state.scopes
                assert [f.node for f in again.state.frames] == [f.node for f in state.frames]
    assert path == ["hello.said", "code.given", "send.found", "bye.ended"]
