"""`/v1/audio/transcriptions`: OpenAI's endpoint, for any client that speaks it."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.serving.errors import Refusal
from tollfree.serving.multipart import Form, read_form
from tollfree.serving.stt.hearing import Hearings
from tollfree.speech.stt.base import Hints, Urgency
from tollfree.speech.stt.batch_work import Heard
from tollfree.speech.stt.sound_file import UnreadableSound, read_sent
from tollfree.speech.stt.wire import URGENCIES

PATH = "/v1/audio/transcriptions"
FORMATS = ("json", "text", "verbose_json")
ANY_MODEL = "whisper-1"
"""OpenAI's own name, which their clients send by default: whatever is served."""
CALL_HEADER = "x-tollfree-call"
"""Whose turn it is, so that calls take turns at the engine; without it all are one."""
URGENCY_HEADER = "x-tollfree-urgency"
DEADLINE_HEADER = "x-tollfree-deadline-ms"


async def transcribe(request: Request, hearings: Hearings) -> Response:
    """The words of one file. Raises `Refusal`."""
    form = read_form(request.headers.get("content-type", ""), await request.body())
    _check(form, hearings)
    kind = form.fields.get("response_format", "json")
    samples = await _sound(form, hearings.engine.hearing.longest_s)
    heard = await hearings.hear(
        samples,
        _hints(form.fields.get("prompt", "")),
        _urgency(request),
        call=request.headers.get(CALL_HEADER, "")[:64],
        language=form.fields.get("language", ""),
        within_s=_within_s(request),
    )
    if kind == "text":
        return PlainTextResponse(heard.transcript.text + "\n")
    return JSONResponse(_verbose(heard, samples) if kind == "verbose_json" else {"text": heard.transcript.text})


def models(hearings: Hearings) -> Response:
    """`/v1/models`, of which there is one."""
    one = {"id": _model(hearings), "object": "model", "created": 0, "owned_by": "tollfree"}
    return JSONResponse({"object": "list", "data": [one]})


def _model(hearings: Hearings) -> str:
    return hearings.engine.name.partition(":")[2]


def _check(form: Form, hearings: Hearings) -> None:
    """Refuses what would not be done as asked."""
    model = form.fields.get("model", "")
    known = (_model(hearings), hearings.engine.name, ANY_MODEL)
    if not model:
        raise Refusal("The field `model` is missing.", code="missing_field")
    if model not in known:
        raise Refusal(
            f"There is no model {model[:100]!r} here; there is {known[0]}.", code="model_not_found", status=404
        )
    if (kind := form.fields.get("response_format", "json")) not in FORMATS:
        raise Refusal(f"The format {kind[:50]!r} is none of {', '.join(FORMATS)}.", code="unsupported_format")
    if form.fields.get("stream", "false").lower() not in ("false", "0", ""):
        raise Refusal("Transcripts are not streamed: a turn is heard whole.", code="unsupported_stream")
    if any(name.startswith("timestamp_granularities") for name in form.fields):
        raise Refusal("Words have no times here.", code="unsupported_timestamps")


async def _sound(form: Form, longest_s: float) -> Samples:
    sent = form.files.get("file")
    if sent is None:
        raise Refusal("The field `file` is missing, or is no file.", code="missing_field")
    try:
        samples = await asyncio.to_thread(read_sent, sent, "The file", most_s=longest_s)
    except UnreadableSound as error:
        raise Refusal(error.message, code="bad_audio") from error
    if len(samples) > longest_s * HEARD_RATE:
        raise Refusal(f"The file lasts longer than the {longest_s:g} s of a turn.", code="too_long", status=413)
    return samples


def _hints(prompt: str) -> Hints:
    """OpenAI's prompt is text that may come before; words between commas are what this engine takes."""
    return Hints(vocabulary=tuple(filter(None, (word.strip(" .\n") for word in prompt[:4000].split(",")))))


def _urgency(request: Request) -> Urgency:
    name = request.headers.get(URGENCY_HEADER, "commit")
    return next((urgency for known, urgency in URGENCIES.items() if known == name), Urgency.COMMIT)


def _within_s(request: Request) -> float | None:
    told = request.headers.get(DEADLINE_HEADER, "")
    if not told:
        return None
    if not told.isdecimal():
        raise Refusal(f"{DEADLINE_HEADER} is not a whole number of milliseconds.", code="bad_deadline")
    return int(told) / 1000


def _verbose(heard: Heard, samples: Samples) -> dict[str, object]:
    """OpenAI's fields, and what our own client reads besides."""
    transcript = heard.transcript
    duration = round(len(samples) / HEARD_RATE, 3)
    return {
        "task": "transcribe",
        "language": heard.language,
        "duration": duration,
        "text": transcript.text,
        "usage": {"type": "duration", "seconds": duration},
        "confidence": transcript.confidence,
        "alternatives": list(transcript.alternatives),
        "looks": transcript.looks,
        "took_ms": round(transcript.took_ms, 2),
        "waited_ms": round(heard.waited_ms, 2),
        "batch": heard.batch,
    }
