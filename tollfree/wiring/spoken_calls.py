"""Calls with a voice at the other end."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from tollfree.calls.lines.spoken import SpokenLine
from tollfree.calls.media import Media
from tollfree.calls.metering import Metering
from tollfree.calls.performers import Switchboard
from tollfree.calls.recorder import Recorder
from tollfree.calls.recording_files import Format
from tollfree.calls.recording_retention import RECORDINGS
from tollfree.calls.session import CallSummary
from tollfree.calls.store.calls import Call
from tollfree.protocol.ids import CallId
from tollfree.speech.stt.metered import MeteredRecognizer
from tollfree.speech.tts.metered import MeteredSpeaker
from tollfree.wiring.engines import Engines
from tollfree.wiring.office import Observer, Office
from tollfree.wiring.placing import Placed, Wanted
from tollfree.wiring.settings import Settings


async def place_spoken_call(
    office: Office,
    wanted: Wanted,
    media: Media,
    engines: Engines,
    *,
    switchboard: Switchboard | None = None,
    observe: Observer | None = None,
    record_to: Path | None = None,
) -> CallSummary:
    """Run a whole call. `record_to`: where the recording goes, and in what form, by its suffix; otherwise as the
    settings say.

    Raises as `Office.place_call`, and `SpeechError` when the agent's voice is not here.
    """
    placed = await office.place(wanted, media.name)
    file = record_to or recording_of(office.settings, placed.call)
    metering = office.metering(placed.call.id)
    async with _line(office, placed, media, engines, file, metering) as line:
        return await office.carry(
            placed, line, switchboard=switchboard, composer=engines.composer, observe=observe, metering=metering
        )


async def resume_spoken_call(
    office: Office,
    call: CallId,
    media: Media,
    engines: Engines,
    *,
    room: str = "",
    switchboard: Switchboard | None = None,
    observe: Observer | None = None,
) -> CallSummary:
    """Go on with a call whose process is gone, from its log. What is recorded from here on goes to a file of its own.

    Raises `CallClosed` when it has ended, or another process has taken it up; else as `place_spoken_call`.
    """
    with office.claimed(call):
        placed, interrupted = await office.take_up(call, room)
        file = recording_of(office.settings, placed.call, part=interrupted.next_seq)
        metering = office.metering(call)
        async with _line(office, placed, media, engines, file, metering, resumed=True) as line:
            return await office.carry(
                placed,
                line,
                switchboard=switchboard,
                composer=engines.composer,
                observe=observe,
                interrupted=interrupted,
                metering=metering,
            )


@asynccontextmanager
async def _line(
    office: Office,
    placed: Placed,
    media: Media,
    engines: Engines,
    file: Path | None,
    metering: Metering,
    *,
    resumed: bool = False,
) -> AsyncGenerator[SpokenLine]:
    wanted = placed.wanted

    def stopped(why: str) -> None:
        line.note("recording_stopped", {"why": why})

    recorder = Recorder(file, _format(file), stopped=stopped) if file is not None else None
    agent = placed.agent
    spares = agent.spare_voices if agent is not None else ()
    speaker = MeteredSpeaker(await engines.speaker_of(placed.voice, spares), metering, office.clock)
    ears = await engines.ears_of(agent)
    ears = replace(ears, recognizer=MeteredRecognizer(ears.recognizer, metering, office.clock))
    line = SpokenLine(media, ears, speaker, office.clock, tape=recorder, resumed=resumed, sounded=speaker.sounded)
    try:
        if wanted.room:
            line.note("room", {"room": wanted.room, "project": wanted.project, "agent": wanted.agent})
        if wanted.draft:
            line.note("trial", {"flow": wanted.flow, "draft": wanted.draft})
        if file is not None:
            line.note("recording", {"file": str(file), "format": _format(file), "began_ms": 0.0})
        await line.start()
        yield line
    finally:
        await line.close()
        if recorder is not None:
            await recorder.close()


def _format(file: Path) -> Format:
    return "wav" if file.suffix.lower() == ".wav" else "opus"


def recording_of(settings: Settings, call: Call, *, part: int = 0) -> Path | None:
    """Where a call is recorded; None: not at all. `part`: not from its beginning, but from so far in its log."""
    if settings.recording == "none":
        return None
    name = f"{call.id}-{part}" if part else call.id
    return settings.home / RECORDINGS / call.project / f"{name}.{settings.recording}"
