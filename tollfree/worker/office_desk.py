"""The installation as the worker's desk: its office, its engines, and its switchboard."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Literal

import numpy as np

from tollfree.calls.lines.livekit import LiveKitMedia
from tollfree.calls.lines.switchboard import LiveKitSwitchboard
from tollfree.calls.media import MediaEvent
from tollfree.calls.phone.answering import Answering, answering
from tollfree.calls.phone.desk import Desk as SwitchboardDesk
from tollfree.calls.phone.errors import PhoneError
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.phone.side_rooms import SideRooms, end_side_rooms
from tollfree.calls.playout import Playout
from tollfree.calls.publishing import project_settings
from tollfree.calls.recovery import lost_calls
from tollfree.calls.store.errors import CallClosed, StoreError
from tollfree.language.embed.base import Embedder
from tollfree.language.embed.registry import load_embedder
from tollfree.language.errors import LanguageError
from tollfree.protocol.audio import Samples
from tollfree.protocol.ids import CallId
from tollfree.wiring.engines import Engines
from tollfree.wiring.knowledge import warm_knowledge
from tollfree.wiring.office import Office
from tollfree.wiring.placing import Wanted
from tollfree.wiring.settings import Settings
from tollfree.wiring.spoken_calls import place_spoken_call, resume_spoken_call
from tollfree.wiring.versions import Loaded
from tollfree.wiring.warming import warm_versions
from tollfree.worker.errors import CallUnspoken, WorkerFailed
from tollfree.worker.log_lines import marked
from tollfree.worker.taking import LostCall, TakenCall

PRELOAD = ("tollfree.worker.office_desk", "onnxruntime", "faster_whisper", "av", "soxr", "tokenizers")
"""Imported once and shared by the processes of calls. None of them starts a thread."""

RECOVER_S = 10.0
"""Seconds between two tries to end calls that could not be ended, and looks for what spools still hold."""

NOT_SERVED = frozenset({"error", "line_lost"})
"""Outcomes of calls that may have ended without a word of the agent's: when its voice fails, for one."""

_log = logging.getLogger(__name__)


class OfficeDesk:
    """Takes calls with what the settings name."""

    def __init__(self, settings: Settings, phone: PhoneSettings) -> None:
        self._settings = settings
        self._phone = phone
        self._engines: Engines | None = None
        self._embedder: Embedder | None = None
        self._versions: Mapping[str, Loaded] = {}

    @property
    def preload(self) -> tuple[str, ...]:
        return PRELOAD

    def check(self) -> None:
        """Nothing is loaded here: the first process that gets ready tells what is missing."""

    def warm(self) -> None:
        """Load the engines, and what agents answer with. Raises `SpeechError` or `WeightsError`."""
        self._engines = Engines.load(self._settings)
        asyncio.run(self._engines.warm_up())
        try:
            self._embedder = load_embedder(self._settings.embedder, self._settings.cache)
        except LanguageError as error:
            _log.warning("callers are understood by rules alone: %s", error.message)
        warm_knowledge(self._settings)
        try:
            self._versions = asyncio.run(self._warm_versions())
        except StoreError as error:
            _log.warning("flows are loaded as calls begin: %s", error.message, extra={"code": error.code})

    async def _warm_versions(self) -> Mapping[str, Loaded]:
        async with await Office.open(self._settings) as office:
            await office.routes.warm_up()  # the client's library, which no caller waits for
            return await warm_versions(office)

    def render(self, text: str) -> Samples:
        """Words in the installation's voice."""

        async def spoken() -> list[Samples]:
            return [clip.samples async for clip in self._ready().speaker("").stream(text)]

        return np.concatenate(asyncio.run(spoken()))

    def notices_key(self) -> str:
        """Under what rendered notices are kept: another voice says them anew."""
        return hashlib.sha256(self._settings.voice.encode()).hexdigest()[:12]

    @asynccontextmanager
    async def open(self, livekit: LiveKitServer) -> AsyncGenerator["OfficeCalls"]:
        """The installation. Raises `StoreError`."""
        async with await Office.open(self._settings, warm=self._versions) as office:
            if self._embedder is not None:
                office.embedder = self._embedder
            yield OfficeCalls(office, self._engines, livekit, self._phone)

    def _ready(self) -> Engines:
        if self._engines is None:
            raise WorkerFailed("Engines are used before they are loaded.")
        return self._engines


class OfficeCalls:
    """An open office that takes calls."""

    def __init__(self, office: Office, engines: Engines | None, livekit: LiveKitServer, phone: PhoneSettings) -> None:
        self._office = office
        self._engines = engines
        self._livekit = livekit
        self._phone = phone
        self._side_rooms = SideRooms(livekit)
        self._recovered_at = -RECOVER_S * 1000
        self._tried = frozenset[CallId]()
        """Calls whose process is gone and that could not be ended the last time."""

    async def answering(self, called: str) -> Answering | None:
        """See `TakesCalls`."""
        return await answering(self._office.store, called)

    async def lost(self) -> tuple[LostCall, ...]:
        """See `TakesCalls`."""
        office = self._office
        gone = frozenset(office.running.without_process())
        within_s = office.settings.resume_within_s
        found = await lost_calls(office.store, office.running, office.clock, within_s=within_s)
        over = await self._ended(gone - {one.call for one in found})
        lost = (LostCall(call=one.call, room=one.room, project=one.project, agent=one.agent) for one in found)
        return (*lost, *over)

    async def _ended(self, hopeless: frozenset[CallId]) -> tuple[LostCall, ...]:
        """End calls that nobody may take again: at once, as their callers hear nothing; and the others that there are,
        and what spools still hold, every so often. Those whose callers may still be in a room."""
        now = self._office.clock.elapsed_ms()
        due = now - self._recovered_at >= RECOVER_S * 1000
        if not due and not hopeless - self._tried:
            return ()
        self._recovered_at = now
        self._tried = hopeless
        ended = await self._office.recover()
        await self._end_side_rooms()
        return tuple(
            LostCall(call=one.call, room=one.room, project="", agent="", over=True) for one in ended if one.room
        )

    def here(self, call: CallId) -> bool:
        """See `TakesCalls`."""
        return call in self._office.running.marked()

    def claimed(self, call: CallId) -> AbstractContextManager[None]:
        """See `TakesCalls`."""
        return self._office.claimed(call)

    async def take(self, call: TakenCall, media: LiveKitMedia) -> str:
        """See `TakesCalls`."""
        engines = self._engines
        if engines is None:
            raise WorkerFailed("A call came to a process that has not loaded its engines.")
        switchboard = await self._switchboard(call, media.caller_identity, engines)
        held = HeldMedia(media)
        try:
            outcome = await self._carried(call, held, engines, switchboard)
        except CallClosed:
            raise
        except Exception as error:  # noqa: BLE001  whoever has been served is not told that they cannot be
            if not held.spoke and switchboard.talk is None:
                raise
            _log.exception("a call was broken off after it had been taken", extra={"error": type(error).__name__})
            outcome = "error"
        finally:
            if switchboard.talk is not None:
                ended = await switchboard.talk.over()
                _log.info("a talk with a person is over", extra={"ended": ended})
        if outcome in NOT_SERVED and not held.spoke and switchboard.talk is None:
            raise CallUnspoken("The call ended before the agent could say a word.")
        return outcome

    async def _carried(
        self, call: TakenCall, media: "HeldMedia", engines: Engines, switchboard: LiveKitSwitchboard
    ) -> str:
        if call.resume is not None:
            with self._office.claimed(call.resume):
                await self._end_side_rooms(call.room)
                summary = await resume_spoken_call(
                    self._office, call.resume, media, engines, room=call.room, switchboard=switchboard
                )
        else:
            wanted = Wanted(
                project=call.project,
                agent=call.agent,
                flow=call.flow,
                draft=call.draft,
                caller=call.caller,
                room=call.room,
            )
            summary = await place_spoken_call(self._office, wanted, media, engines, switchboard=switchboard)
        return summary.outcome

    async def _end_side_rooms(self, room: str | None = None) -> None:
        """Hang up people whom a process that died has left: of one call, or of any. It may fail: the next look tries
        again."""
        try:
            left = await (self._side_rooms.end_left() if room is None else end_side_rooms(self._livekit, room))
        except PhoneError as error:
            _log.warning("rooms of people cannot be looked after now: %s", error.message, extra={"code": error.code})
            return
        for name in left:
            _log.warning("a person was left on a dead line, and is hung up", extra={"room": marked(name)})

    async def _switchboard(self, call: TakenCall, caller: str, engines: Engines) -> LiveKitSwitchboard:
        """`caller`: whom the media hear."""
        settings = await project_settings(self._office.store, call.project)
        agent = settings.agents.get(call.agent)
        desk = SwitchboardDesk(
            server=self._livekit,
            settings=self._phone,
            waiting=self._office.store.waiting_calls,
            clock=self._office.clock,
            connect=LiveKitMedia.dialled,
            speaker=await (
                engines.speaker_of(agent.spoken_with, agent.spare_voices)
                if agent is not None
                else engines.speaker_of("")
            ),
            project=settings.name,
            region=settings.region,
            queues={name: queue.numbers for name, queue in settings.queues.items()},
            caller=call.caller,
        )
        return LiveKitSwitchboard(call.room, caller, desk)


class HeldMedia:
    """Media whose connection outlives the call: a caller may still be talking to a person, and the process of a call
    ends with its connection. Whoever made the connection closes it."""

    def __init__(self, media: LiveKitMedia) -> None:
        self._media = media
        self._playout: Playout | None = None

    @property
    def spoke(self) -> bool:
        """Whether the caller was sent any word."""
        return self._playout is not None and self._playout.played > 0

    @property
    def name(self) -> str:
        """See `Media`, as for all below."""
        return self._media.name

    @property
    def ear_delay_ms(self) -> float:
        return self._media.ear_delay_ms

    async def start(self, playout: Playout) -> None:
        self._playout = playout
        await self._media.start(playout)

    async def next(self) -> MediaEvent:
        return await self._media.next()

    def caption(self, who: Literal["agent", "caller"], text: str, *, segment: str, final: bool) -> None:
        self._media.caption(who, text, segment=segment, final=final)

    async def close(self) -> None:
        """Nothing more is taken; the connection stays."""
        self._media.fall_silent()
