"""Calls with a voice at the other end."""

from pathlib import Path

from tollfree.calls.lines.spoken import SpokenLine
from tollfree.calls.media import Media
from tollfree.calls.performers import Switchboard
from tollfree.calls.recorder import Recorder
from tollfree.calls.session import CallSummary
from tollfree.calls.store.calls import Call
from tollfree.wiring.engines import Engines
from tollfree.wiring.office import Observer, Office
from tollfree.wiring.placing import Wanted
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
    speaker = engines.speaker(placed.voice)
    file = record_to or recording_of(office.settings, placed.call)
    recorder = Recorder(file) if file is not None else None
    line = SpokenLine(media, engines.ears(), speaker, office.clock, tape=recorder)
    try:
        if file is not None:
            line.note("recording", {"file": str(file), "format": file.suffix.removeprefix("."), "began_ms": 0.0})
        if wanted.room:
            line.note("room", {"room": wanted.room, "project": wanted.project, "agent": wanted.agent})
        await line.start()
        return await office.carry(placed, line, switchboard=switchboard, observe=observe)
    finally:
        await line.close()
        if recorder is not None:
            await recorder.close()


def recording_of(settings: Settings, call: Call) -> Path | None:
    """Where a call is recorded; None: not at all."""
    if settings.recording == "none":
        return None
    return settings.home / "recordings" / call.project / f"{call.id}.{settings.recording}"
