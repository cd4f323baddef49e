"""How long a caller waited, as tables that fit a hundred columns, and as JSON."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from tollfree.calls.latency import TURN_STAGES, Percentiles, Stage, Timings, summary
from tollfree.calls.metering import Metered
from tollfree.protocol.values import Value

_HEADS: Mapping[Stage, str] = {Stage.LOOKED_UP: "looked up", Stage.RESPONSE: "sent"}
"""Where a column's head is not the stage's name."""
_NOT_ALWAYS: frozenset[Stage] = frozenset({Stage.LOOKED_UP, Stage.RETRIEVED})
"""Columns that are there only when there is something in them."""
_ABOUT: Mapping[Stage, str] = {
    Stage.OFFERED: "end of speech until the turn might be over",
    Stage.HEARD: "until its words are there",
    Stage.UNDERSTOOD: "until their meaning is known",
    Stage.COMMITTED: "until the turn is over",
    Stage.LOOKED_UP: "until the last tool has answered",
    Stage.RETRIEVED: "until the last passages are found",
    Stage.RENDERED: "until the first sound of the answer is ready",
    Stage.RESPONSE: "until the first sound of the answer leaves",
    Stage.PAUSED: "caller speaks over the agent, until it falls silent",
    Stage.RESUMED: "until it goes on, for the caller wanted nothing",
    Stage.STOPPED: "until it gives way for good",
    Stage.FIRST_WORD: "line connected, until the first sound leaves",
}
NOTHING = "-"


def timing_lines(timings: Timings, missing: Collection[str] = ()) -> Iterator[str]:
    """What one call's log says about time; nothing for a call by keyboard. `missing`: recordings that are not there."""
    if not timings.spoken:
        if timings.work:
            yield ""
            yield from engine_lines(timings.work)
        return
    if timings.turns:
        yield ""
        yield "turns: milliseconds after the caller fell silent"
        yield from aligned(_turn_rows(timings), left=())
    if timings.work:
        yield ""
        yield from engine_lines(timings.work)
    if timings.interruptions:
        yield ""
        yield "interruptions: milliseconds after the caller began to speak"
        yield from aligned(_interruption_rows(timings), left=(3,))
    response = summary(timings.turns).get(Stage.RESPONSE)
    if response is not None:
        yield ""
        yield f"response: p50 {response.p50_ms:.0f} ms, p95 {response.p95_ms:.0f} ms, of {_counted(response.n, 'turn')}"
    for waited_ms in timings.first_words_ms:
        yield f"first word: {waited_ms:.0f} ms after the line was connected"
    for recording in timings.recordings:
        began = f", from {_at(recording.began_ms)}" if recording.began_ms else ""
        gone = " (no longer there, or on another machine)" if recording.file in missing else ""
        yield f"recording: {recording.file}{began}{gone}"


def engine_lines(work: Sequence[Metered]) -> Iterator[str]:
    """Which engines worked in each turn, and where the next of a chain was asked. What nobody wanted any more, and
    interim hearing, is left out."""
    shown = [one for one in work if one.used.came_to != "dropped" and one.used.purpose != "interim"]
    rows: list[tuple[str, ...]] = [("turn", "engine", "for", "first ms", "ms", "what")]
    for place, one in enumerate(shown):
        used = one.used
        engine = f"{used.engine} ({used.model})" if used.model else used.engine
        first, took = (_whole(used.first_ms), _whole(used.took_ms)) if used.took_ms else (NOTHING, NOTHING)
        rows.append((str(one.turn), engine, used.purpose or used.kind, first, took, _what(one, shown[place + 1 :])))
    if len(rows) > 1:
        yield "engines: what worked for each turn of the caller"
        yield from aligned(rows, left=(1, 2, 5))


def _what(one: Metered, after: Sequence[Metered]) -> str:
    """What came of it; of what failed, who was asked next."""
    used = one.used
    if used.came_to in ("failed", "slow"):
        following = (other.used for other in after if other.turn == one.turn and other.used.kind == used.kind)
        then = next((other.engine for other in following if other.engine != used.engine), "")
        why = f" ({used.why})" if used.why else ""
        return f"{used.came_to}{why}" + (f", then {then}" if then else ", and nobody else was asked")
    match used.kind:
        case "stt":
            return f"{used.heard_s:.1f} s heard"
        case "llm":
            return f"{used.prompt_tokens} tokens in ({used.cached_tokens} cached), {used.completion_tokens} out"
        case "tts":
            return f"{used.characters or used.kept_characters} characters" + ("" if used.characters else ", kept")


def summary_lines(percentiles: Mapping[Stage, Percentiles]) -> Iterator[str]:
    """How long each stage took over many calls."""
    rows: list[tuple[str, ...]] = [("stage", "n", "p50 ms", "p95 ms", "")]
    rows += [
        (stage.replace("_", " "), str(one.n), f"{one.p50_ms:.0f}", f"{one.p95_ms:.0f}", _ABOUT[stage])
        for stage, one in percentiles.items()
    ]
    yield from aligned(rows, left=(0, 4))


def timing_json(timings: Timings, missing: Collection[str] = ()) -> dict[str, Value]:
    """The same as one JSON object. Times are milliseconds; what did not happen is left out."""
    return {
        "turns": [
            {
                **_present(asdict(replace(turn, work=()))),
                "response_ms": _rounded(turn.waited(Stage.RESPONSE)),
                "work": [one.data() for one in turn.work],
            }
            for turn in timings.turns
        ],
        "interruptions": [_present(asdict(one)) for one in timings.interruptions],
        "first_words_ms": [_rounded(ms) for ms in timings.first_words_ms],
        "recordings": [{**_present(asdict(one)), "here": one.file not in missing} for one in timings.recordings],
        "stages": summary_json(summary(timings.turns, timings.interruptions, timings.first_words_ms)),
    }


def summary_json(percentiles: Mapping[Stage, Percentiles]) -> dict[str, Value]:
    """By stage: how often it happened, and how long it took."""
    return {
        stage: {"n": one.n, "p50_ms": _rounded(one.p50_ms), "p95_ms": _rounded(one.p95_ms)}
        for stage, one in percentiles.items()
    }


def _turn_rows(timings: Timings) -> list[tuple[str, ...]]:
    stages: list[Stage] = [
        stage
        for stage in TURN_STAGES
        if stage not in _NOT_ALWAYS or any(turn.waited(stage) is not None for turn in timings.turns)
    ]
    rows: list[tuple[str, ...]] = [("turn", "at", *(_HEADS.get(stage, stage) for stage in stages))]
    for turn in timings.turns:
        waits = (turn.waited(stage) for stage in stages)
        rows.append((str(turn.turn), _at(turn.speech_end_ms), *(_whole(ms) for ms in waits)))
    return rows


def _interruption_rows(timings: Timings) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("at", "paused", "ended", "how")]
    for one in timings.interruptions:
        ended = None if one.ended_ms is None or one.onset_ms is None else one.ended_ms - one.onset_ms
        how = f"{one.how} ({one.why})" if one.why else one.how
        rows.append((_at(one.onset_ms), _whole(one.waited(Stage.PAUSED)), _whole(ended), how or NOTHING))
    return rows


def aligned(rows: Sequence[tuple[str, ...]], *, left: Sequence[int]) -> Iterator[str]:
    """Rows with each column as wide as it must be: figures to the right, words (`left`) to the left. There is a row."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = (
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def _present(fields: Mapping[str, Value]) -> dict[str, Value]:
    return {
        name: _rounded(value) if isinstance(value, float) else value
        for name, value in fields.items()
        if value is not None and value != ()
    }


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 2)


def _whole(ms: float | None) -> str:
    return NOTHING if ms is None else f"{ms:.0f}"


def _at(ms: float | None) -> str:
    return NOTHING if ms is None else f"{ms / 1000:.1f} s"


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
