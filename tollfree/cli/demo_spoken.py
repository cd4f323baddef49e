"""The demo's spoken call: over WebRTC through a LiveKit server, or in process where there is none."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import click

from tollfree.calls.latency import summary, timings_of
from tollfree.calls.lines.script import Script, read_script_file
from tollfree.calls.lines.wav import WavMedia
from tollfree.calls.lines.wav_caller import WavCaller, read_wav_caller
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.phone.web_calls import caller_token
from tollfree.calls.project import DEFAULT_AGENT
from tollfree.cli.following import follow
from tollfree.cli.opened import print_json_line, program
from tollfree.cli.people import server_of
from tollfree.cli.transcript import Transcript
from tollfree.cli.waterfall import summary_lines, timing_json, timing_lines
from tollfree.protocol.values import Value
from tollfree.rehearse.room_caller import RoomCaller
from tollfree.rehearse.shop import PROJECT
from tollfree.weights.find import find
from tollfree.wiring.engines import Engines
from tollfree.wiring.livekit_settings import LiveKitSettings, WorkerSettings
from tollfree.wiring.office import Office
from tollfree.wiring.placing import Wanted
from tollfree.wiring.settings import Settings
from tollfree.wiring.spoken_calls import place_spoken_call
from tollfree.worker.metadata import Dispatch
from tollfree.worker.only_one import running_up
from tollfree.worker.stack import stack

CALLER = "order-change-of-mind"
"""The caller of the demo: an order that is added to, changed and taken back from. No person is needed for it."""
VOICE = "am_michael"
"""The voice they were rendered in; no agent of ours speaks with it."""
SAY_GOODBYE_S = 5.0
"""Seconds a caller may take to notice that the call is over."""


@dataclass(frozen=True, slots=True)
class SpokenCaller:
    """Who calls in the demo."""

    script: Script
    sound: WavCaller
    voice: str

    @property
    def number(self) -> str:
        """Theirs, E.164, or empty."""
        return self.script.directives.get("caller", "")

    @property
    def agent(self) -> str:
        """Whom they call."""
        return self.script.directives.get("agent", DEFAULT_AGENT)


@dataclass(frozen=True, slots=True)
class Placed:
    """A call that is over."""

    call: str
    line: str
    outcome: str
    path: tuple[str, ...]


def read_caller(folder: Path, name: str = CALLER, voice: str = VOICE) -> SpokenCaller:
    """A caller of the shop's folder, as sound. Raises `BadScript` or `BadSound`."""
    callers = folder / "callers"
    script = read_script_file(callers / f"{name}.txt")
    return SpokenCaller(script, read_wav_caller(callers / "spoken" / voice / name, script), voice)


def check_hearing(settings: Settings) -> None:
    """Raises `MissingModel` or `DamagedModel` where what hears callers is not on this machine."""
    engine, _, model = settings.stt.partition(":")
    if engine == "whisper":
        find(model, settings.cache)


@asynccontextmanager
async def livekit_and_worker(settings: Settings, *, as_json: bool) -> AsyncGenerator[LiveKitServer]:
    """LiveKit and a worker: those of a `tollfree up` that runs with this home folder, else our own for as long as this
    lasts. Raises `WorkerError`."""
    if url := running_up(settings.home):
        if not as_json:
            click.echo(f"`tollfree up` is running: its LiveKit server at {url} and its worker take the call.")
        yield server_of(PhoneSettings(), settings.home, url)
        return
    if not as_json:
        click.echo("Starting LiveKit and a worker, which loads the models …")
    worker = WorkerSettings().model_copy(update={"warm_processes": 1})
    async with stack(LiveKitSettings(), worker, home=settings.home, cache=settings.cache, stop_s=2.0) as running:
        yield running.livekit


async def over_livekit(office: Office, livekit: LiveKitServer, caller: SpokenCaller, transcript: Transcript) -> Placed:
    """The call, over WebRTC. Raises `NoCall`, `CallError` or `StoreError`."""
    room = f"demo-{secrets.token_hex(6)}"
    metadata = Dispatch(project=PROJECT, agent=caller.agent, caller=caller.number).text()
    token = caller_token(livekit, room, "caller", worker=WorkerSettings().name, metadata=metadata)
    # What LiveKit's client notes of handles that went with their room is nothing to people who watch a demo.
    logging.getLogger("livekit").setLevel(logging.ERROR)
    calling = asyncio.ensure_future(RoomCaller(caller.sound).call(livekit.url, token))
    try:
        call = await follow(office.store, PROJECT, room, calling, transcript.observe)
        with suppress(TimeoutError):
            async with asyncio.timeout(SAY_GOODBYE_S):
                await calling
    finally:
        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)
    return Placed(call.id, call.line, call.outcome or "", transcript.path)


async def in_process(office: Office, caller: SpokenCaller, transcript: Transcript) -> Placed:
    """The same call without a network: the same listener, engines and session, in real time. Raises `CallError`,
    `SpeechError`, `WeightsError` or `StoreError`."""
    engines = await asyncio.to_thread(Engines.load, office.settings)
    try:
        await engines.warm_up()
        wanted = Wanted(project=PROJECT, agent=caller.agent, caller=caller.number)
        media = WavMedia(caller.sound, office.clock)
        done = await place_spoken_call(office, wanted, media, engines, observe=transcript.observe)
    finally:
        await engines.aclose()
    return Placed(done.call, media.name, done.outcome, tuple(done.path))


def tell(placed: Placed, caller: SpokenCaller, transcript: Transcript) -> bool:
    """The summary, for people. Returns whether the call went as written."""
    timings = timings_of(transcript.entries)
    for line in timing_lines(timings):
        click.echo(line)
    percentiles = summary(timings.turns, timings.interruptions, timings.first_words_ms)
    if percentiles:
        click.echo()
        for line in summary_lines(percentiles):
            click.echo(line)
    as_written = _as_written(placed, caller)
    click.echo(f"\n[{placed.outcome}] {' '.join(placed.path)}")
    if as_written:
        click.echo("the spoken call took the path that its script takes when it is typed")
    else:
        click.echo(f"the spoken call did NOT take the path of its script:\n[{_outcome(caller)}] {_path(caller)}")
    click.echo(f"{program()} calls show {placed.call}  ·  {program()} calls replay {placed.call}")
    return as_written


def tell_json(placed: Placed, caller: SpokenCaller, transcript: Transcript, notes: tuple[str, ...]) -> bool:
    """The same for programs."""
    as_written = _as_written(placed, caller)
    timings = timings_of(transcript.entries)
    report: dict[str, Value] = {
        "project": PROJECT,
        "call_id": placed.call,
        "line": placed.line,
        "caller": caller.script.name,
        "voice": caller.voice,
        "outcome": placed.outcome,
        "path": list(placed.path),
        "as_written": as_written,
        "recording": timings.recordings[0].file if timings.recordings else None,
        "transcript": list(transcript.lines),
        "latency": timing_json(timings),
        "notes": list(notes),
    }
    print_json_line(report)
    return as_written


def _as_written(placed: Placed, caller: SpokenCaller) -> bool:
    return placed.path == caller.script.path and placed.outcome == _outcome(caller)


def _outcome(caller: SpokenCaller) -> str:
    return caller.script.directives.get("outcome", "")


def _path(caller: SpokenCaller) -> str:
    return " ".join(caller.script.path or ())
