"""Calls as the API's answers show them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from tollfree.calls.latency import Stage, Timings, Waterfall, summary
from tollfree.calls.metering import USAGE, Metered
from tollfree.calls.recordings_of import RecordedPart
from tollfree.calls.room import ROOM
from tollfree.calls.store.calls import Call
from tollfree.calls.store.record import LogEntry
from tollfree.flows.nodes.answer import citations
from tollfree.protocol.token import ExitToken
from tollfree.server.models.calls import (
    CallCost,
    CallDetail,
    CallFacts,
    CitedPassage,
    EngineWork,
    EventFacts,
    InterruptionTimes,
    NoteFacts,
    Percentiles,
    RecordingPart,
    TokenFacts,
    TurnFacts,
    TurnTimes,
    WaterfallFacts,
)
from tollfree.wiring.call_story import Story

_ELSEWHERE = frozenset(
    {USAGE, "turn", "interruption", "first_word", "recording", "waiting_line", "trouble_line", "room"}
)
"""Notes that other fields of a call tell."""


def call_facts(call: Call) -> CallFacts:
    """A call in a list."""
    lasted = (call.ended_at - call.started_at).total_seconds() if call.ended_at is not None else None
    return CallFacts(
        id=call.id,
        agent=call.agent,
        flow=call.flow,
        version=call.version,
        trial=call.trial,
        line=call.line,
        caller=call.caller,
        started_at=call.started_at,
        ended_at=call.ended_at,
        lasted_s=lasted,
        outcome=call.outcome,
    )


def event_facts(entry: LogEntry) -> EventFacts:
    """A record."""
    record = entry.record
    return EventFacts.model_validate(
        {"seq": entry.seq, "at": record.at, "kind": record.kind, "type": record.type, "data": dict(record.data)}
    )


def turn_facts(story: Story) -> tuple[TurnFacts, ...]:
    """What was said, by whoever said it."""
    return tuple(TurnFacts(**asdict(turn)) for turn in story.turns)


def token_facts(seq: int, token: ExitToken) -> TokenFacts:
    """What came of a visit."""
    why, cited = citations(token.evidence)
    return TokenFacts.model_validate(
        {
            "seq": seq,
            "at": token.at,
            "flow": token.flow,
            "node": token.node,
            "exit": token.exit,
            "slots": dict(token.slots),
            "confidence": token.confidence,
            "decided_by": token.decided_by,
            "evidence": why,
            "cited": cited,
        }
    )


def passages_of(entries: tuple[LogEntry, ...]) -> tuple[CitedPassage, ...]:
    """What was found in the knowledge, and whether it was used."""
    used: set[str] = set()
    for entry in entries:
        if entry.record.type == "composed":
            cited = entry.record.data.get("cited")
            used |= {str(one) for one in cited} if isinstance(cited, list | tuple) else set()
    found: list[CitedPassage] = []
    for entry in entries:
        passages = entry.record.data.get("passages") if entry.record.type == "retrieved" else None
        for one in passages if isinstance(passages, list | tuple) else ():
            if isinstance(one, dict):
                text = {name: str(one.get(name, "")) for name in ("id", "source", "place", "text")}
                score = one.get("score")
                number = float(score) if isinstance(score, int | float) else 0.0
                found.append(CitedPassage(seq=entry.seq, score=number, cited=text["id"] in used, **text))
    return tuple(found)


def waterfall_facts(timings: Timings) -> WaterfallFacts:
    """How long the caller waited."""
    percentiles = summary(timings.turns, timings.interruptions, timings.first_words_ms)
    return WaterfallFacts(
        turns=tuple(_turn(turn) for turn in timings.turns),
        interruptions=tuple(InterruptionTimes(**asdict(one)) for one in timings.interruptions),
        first_words_ms=timings.first_words_ms,
        stages={str(stage): Percentiles(**asdict(one)) for stage, one in percentiles.items()},
        work=tuple(_work(one) for one in timings.work),
    )


def recording_facts(call: Call, one: RecordedPart) -> RecordingPart:
    """A part of a recording."""
    return RecordingPart(
        part=one.part,
        format=one.format,
        began_at=one.began_at,
        offset_ms=_since(call.started_at, one.began_at) + one.began_ms,
        here=one.file is not None,
    )


def note_facts(entries: tuple[LogEntry, ...]) -> tuple[NoteFacts, ...]:
    """The notes that nothing else tells."""
    return tuple(
        NoteFacts.model_validate(
            {"seq": one.seq, "at": one.record.at, "type": one.record.type, "data": dict(one.record.data)}
        )
        for one in entries
        if one.record.kind == "note" and one.record.type not in _ELSEWHERE
    )


def _turn(turn: Waterfall) -> TurnTimes:
    fields = asdict(turn)
    fields["work"] = tuple(_work(one) for one in turn.work)
    return TurnTimes(**fields, response_ms=turn.waited(Stage.RESPONSE))


def _work(metered: Metered) -> EngineWork:
    used = asdict(metered.used)
    names = EngineWork.model_fields.keys()
    return EngineWork.model_validate(
        {
            **{name: value for name, value in used.items() if name in names},
            "turn": metered.turn,
            "intent": metered.intent,
            "work": used["kind"],
        }
    )


def _since(began: datetime, at: str) -> float:
    try:
        return (datetime.fromisoformat(at) - began).total_seconds() * 1000
    except (ValueError, TypeError):
        return 0.0


def detail_of(story: Story, parts: Sequence[RecordedPart], cost: CallCost | None) -> CallDetail:
    """A call's page."""
    facts = next((one.record.data.get("facts") for one in story.entries if one.record.type == "call_started"), None)
    room = next((str(one.record.data.get("room", "")) for one in story.entries if one.record.type == ROOM), "")
    slots: dict[str, object] = {}
    for _, token in story.tokens:
        slots.update(token.slots)
    return CallDetail.model_validate(
        {
            "call": call_facts(story.call),
            "language": str(facts.get("language", "")) if isinstance(facts, dict) else "",
            "node": story.node,
            "flow_now": story.flow_now,
            "slots": slots,
            "path": tuple(token.step for _, token in story.tokens),
            "turns": turn_facts(story),
            "supervised": tuple(event_facts(one) for one in story.entries if one.record.type == "supervised"),
            "tokens": tuple(token_facts(seq, token) for seq, token in story.tokens),
            "passages": passages_of(story.entries),
            "waterfall": waterfall_facts(story.timings),
            "recordings": tuple(recording_facts(story.call, one) for one in parts),
            "cost": cost,
            "notes": note_facts(story.entries),
            "room": room,
            "events": len(story.entries),
        }
    )
