"""A desk without models, for tests of the worker: answers with tones, and writes down what it was asked."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tollfree.calls.call_id import new_call_id
from tollfree.calls.lines.livekit import LiveKitMedia
from tollfree.calls.media import Frame, Gone, Key
from tollfree.calls.phone.answering import Answering
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.playout import Playout
from tollfree.calls.running import RunningCalls
from tollfree.calls.store.errors import CallClosed
from tollfree.protocol.audio import SPOKEN_RATE, Samples
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.worker.taking import LostCall, TakenCall

GREETING_HZ, RESUMED_HZ, NOTICE_HZ = 440.0, 660.0, 880.0


def tone(hz: float, seconds: float, level: float = 0.3) -> Samples:
    return (np.sin(2 * np.pi * hz * np.arange(int(seconds * SPOKEN_RATE)) / SPOKEN_RATE) * level * 32767).astype(
        np.int16
    )


@dataclass
class StandIn:
    """Greets with a second of 440 Hz (660 when it goes on with a call) and stays until the caller leaves, or presses
    `#`; answers other keys with a tone. Its calls are marked as running, as real ones are. A call of the project
    `dying` kills its process before it begins."""

    home: Path
    projects: tuple[str, ...] = ("shop",)
    numbers: tuple[tuple[str, str], ...] = ()
    greeting_s: float = 1.0

    @property
    def preload(self) -> tuple[str, ...]:
        return ("numpy",)

    def check(self) -> None:
        pass

    def warm(self) -> None:
        pass

    def render(self, text: str) -> Samples:
        return tone(NOTICE_HZ, 0.6)

    @asynccontextmanager
    async def open(self, livekit: LiveKitServer) -> AsyncGenerator["StandInCalls"]:
        yield StandInCalls(self)


class StandInCalls:
    def __init__(self, desk: StandIn) -> None:
        self._desk = desk
        self._running = RunningCalls(desk.home)

    async def answering(self, called: str) -> Answering | None:
        project = dict(self._desk.numbers).get(called)
        return None if project is None else Answering(ProjectId(project), "main")

    async def lost(self) -> tuple[LostCall, ...]:
        found = []
        for call in self._running.marked():
            with self._running.gone(call) as gone:
                if gone:
                    room = json.loads((self._desk.home / f"call-{call}.json").read_text())["room"]
                    found.append(LostCall(call=call, room=room, project="shop", agent="main"))
        return tuple(found)

    def here(self, call: CallId) -> bool:
        return call in self._running.marked()

    @contextmanager
    def claimed(self, call: CallId) -> Generator[None]:
        with self._running.claim(call) as ours:
            if not ours:
                raise CallClosed(call)
            yield

    async def take(self, call: TakenCall, media: LiveKitMedia) -> str:
        if call.project == "dying":
            os.kill(os.getpid(), signal.SIGKILL)
        if call.project not in self._desk.projects:
            raise TollfreeError(f"There is no project {call.project}.", code="unknown_project")
        name = call.resume or new_call_id(datetime.now(UTC))
        with nullcontext() if call.resume else self._running.holding(name):
            record = {
                "room": call.room,
                "pid": os.getpid(),
                "caller": call.caller,
                "agent": call.agent,
                "flow": call.flow,
                "draft": call.draft,
                "resumed": bool(call.resume),
            }
            await asyncio.to_thread((self._desk.home / f"call-{name}.json").write_text, json.dumps(record))
            return await self._talk(call, media)

    async def _talk(self, call: TakenCall, media: LiveKitMedia) -> str:
        playout = Playout()
        await media.start(playout)
        playout.play(tone(RESUMED_HZ if call.resume else GREETING_HZ, self._desk.greeting_s))
        while True:
            event = await media.next()
            if isinstance(event, Gone):
                return event.reason
            if isinstance(event, Key):
                if event.key == "#":
                    return "hung_up"
                playout.play(tone(300.0 + 50 * "0123456789*".index(event.key), 0.3))
            if isinstance(event, Frame) and event.samples.size and np.abs(event.samples).max() > 20_000:
                playout.clear()
