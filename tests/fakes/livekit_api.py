"""A LiveKit server's API over HTTP on loopback: the real client is asked, and what it asked is kept.

It knows the calls that telephony needs, and answers as livekit-server 1.13.5 with Redis does, conflicts included. No
SIP service is behind it: who is dialled answers as the test says. What it does not know it hands on to a real server,
where the test has one.
"""

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web
from google.protobuf.message import Message
from livekit import api

from tollfree.calls.phone.server import LiveKitServer

KEY, SECRET = "key", "a secret of more than thirty-two letters"


@dataclass
class SipStatus(Exception):
    """How a call that was dialled, or forwarded, ended."""

    code: int = 0
    status: str = ""
    reason: str = ""
    """`STR_…`, for a transfer."""

    @property
    def meta(self) -> dict[str, str]:
        meta = {"sip_status_code": str(self.code), "sip_status": self.status} if self.code else {}
        return {**meta, "sip_transfer_reason": self.reason} if self.reason else meta


class Refused(Exception):
    """A twirp error."""

    def __init__(self, status: int, code: str, message: str, meta: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.meta = status, code, message, meta or {}


Answer = SipStatus | Message | Callable[[Any], Awaitable[Message | None]] | None


@dataclass
class FakeLiveKit:
    """`async with FakeLiveKit() as fake:`; `fake.server` is what the code under test is given."""

    behind: LiveKitServer | None = None
    """A real server, for whatever is not SIP."""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    """Method and request, in order."""
    trunks: dict[str, api.SIPInboundTrunkInfo] = field(default_factory=dict)
    rules: dict[str, api.SIPDispatchRuleInfo] = field(default_factory=dict)
    people: dict[str, list[api.ParticipantInfo]] = field(default_factory=dict)
    """Participants by room."""
    dialled: deque[Answer] = field(default_factory=deque)
    """How the next telephones answer; empty: they are picked up."""
    forwards: deque[Answer] = field(default_factory=deque)
    refuses: Refused | None = None
    """What everything is answered with."""
    fails_after: int | None = None
    """So many requests are answered, then none: the server dies."""
    url: str = ""

    async def __aenter__(self) -> Self:
        self._ids = itertools.count(1)
        self._session = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_post("/twirp/livekit.{service}/{method}", self._asked)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"ws://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._runner.cleanup()
        await self._session.close()

    @property
    def server(self) -> LiveKitServer:
        if self.behind is not None:
            return LiveKitServer(url=self.url, key=self.behind.key, secret=self.behind.secret)
        return LiveKitServer(url=self.url, key=KEY, secret=SECRET)

    def methods(self, *of: str) -> list[str]:
        """What was asked, in order; only of these methods, if any are given."""
        return [method for method, _ in self.asked if not of or method in of]

    def requests(self, method: str) -> list[Any]:
        return [request for asked, request in self.asked if asked == method]

    async def _asked(self, request: web.Request) -> web.Response:
        service, method = request.match_info["service"], request.match_info["method"]
        body = await request.read()
        try:
            if self.refuses is not None:
                raise self.refuses
            if self.fails_after is not None:
                self.fails_after -= 1
                if self.fails_after < 0:
                    raise Refused(503, "unavailable", "going away")
            self._check(request)
            handler = getattr(self, f"_{method}", None)
            if self.behind is not None and service != "SIP":
                return await self._hand_on(request, body)
            if handler is None:
                raise Refused(404, "bad_route", f"no handler for {method}")
            answer = await handler(body)
            return web.Response(body=answer.SerializeToString(), content_type="application/protobuf")
        except Refused as refused:
            error = {"code": refused.code, "msg": f"twirp error unknown: {refused.message}", "meta": refused.meta}
            return web.json_response(error, status=refused.status)

    def _check(self, request: web.Request) -> None:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        server = self.server
        try:
            api.TokenVerifier(server.key, server.secret).verify(token)
        except Exception as error:  # noqa: BLE001  whatever is wrong with a token, it is refused
            raise Refused(401, "unauthenticated", "invalid token") from error

    async def _hand_on(self, request: web.Request, body: bytes) -> web.Response:
        assert self.behind is not None
        url = self.behind.url.replace("ws://", "http://") + request.path
        headers = {name: request.headers[name] for name in ("Authorization", "Content-Type")}
        async with self._session.post(url, data=body, headers=headers) as answer:
            return web.Response(body=await answer.read(), status=answer.status, content_type=answer.content_type)

    def _take(self, method: str, kind: type[Message], body: bytes) -> Any:
        asked = kind.FromString(body)
        self.asked.append((method, asked))
        return asked

    # Trunks and rules

    async def _CreateSIPInboundTrunk(self, body: bytes) -> Message:
        trunk = self._take("create_trunk", api.CreateSIPInboundTrunkRequest, body).trunk
        for known in self.trunks.values():
            if set(known.numbers) & set(trunk.numbers):
                message = f'Conflicting inbound SIP Trunks: "<new>" and "{known.sip_trunk_id}"'
                raise Refused(400, "invalid_argument", message)
        trunk.sip_trunk_id = f"ST_{next(self._ids)}"
        self.trunks[trunk.sip_trunk_id] = trunk
        return trunk

    async def _UpdateSIPInboundTrunk(self, body: bytes) -> Message:
        asked = self._take("update_trunk", api.UpdateSIPInboundTrunkRequest, body)
        asked.replace.sip_trunk_id = asked.sip_trunk_id
        self.trunks[asked.sip_trunk_id] = asked.replace
        return asked.replace

    async def _ListSIPInboundTrunk(self, body: bytes) -> Message:
        asked = api.ListSIPInboundTrunkRequest.FromString(body)
        wanted = set(asked.numbers)
        found = [one for one in self.trunks.values() if not wanted or not one.numbers or wanted & set(one.numbers)]
        return api.ListSIPInboundTrunkResponse(items=found)

    async def _DeleteSIPTrunk(self, body: bytes) -> Message:
        asked = self._take("delete_trunk", api.DeleteSIPTrunkRequest, body)
        self.trunks.pop(asked.sip_trunk_id, None)
        return api.SIPTrunkInfo(sip_trunk_id=asked.sip_trunk_id)

    async def _CreateSIPDispatchRule(self, body: bytes) -> Message:
        rule = self._take("create_rule", api.CreateSIPDispatchRuleRequest, body).dispatch_rule
        for known in self.rules.values():
            same_numbers = set(known.numbers) & set(rule.numbers) or (not known.numbers and not rule.numbers)
            if set(known.trunk_ids) & set(rule.trunk_ids) and same_numbers:
                message = "Dispatch rule for the same trunk, inbound number, number, and PIN combination already exists"
                raise Refused(400, "invalid_argument", message)
        rule.sip_dispatch_rule_id = f"SDR_{next(self._ids)}"
        rule.media.SetInParent()
        self.rules[rule.sip_dispatch_rule_id] = rule
        return rule

    async def _UpdateSIPDispatchRule(self, body: bytes) -> Message:
        asked = self._take("update_rule", api.UpdateSIPDispatchRuleRequest, body)
        asked.replace.sip_dispatch_rule_id = asked.sip_dispatch_rule_id
        self.rules[asked.sip_dispatch_rule_id] = asked.replace
        return asked.replace

    async def _ListSIPDispatchRule(self, body: bytes) -> Message:
        asked = api.ListSIPDispatchRuleRequest.FromString(body)
        wanted = set(asked.trunk_ids)
        found = [one for one in self.rules.values() if not wanted or not one.trunk_ids or wanted & set(one.trunk_ids)]
        return api.ListSIPDispatchRuleResponse(items=found)

    async def _DeleteSIPDispatchRule(self, body: bytes) -> Message:
        asked = self._take("delete_rule", api.DeleteSIPDispatchRuleRequest, body)
        if asked.sip_dispatch_rule_id not in self.rules:
            raise Refused(404, "not_found", "requested sip dispatch rule does not exist")
        return self.rules.pop(asked.sip_dispatch_rule_id)

    # Calls

    async def _CreateSIPParticipant(self, body: bytes) -> Message:
        asked = self._take("dial", api.CreateSIPParticipantRequest, body)
        answer = await self._answer(self.dialled, asked)
        if self.behind is None:
            joined = participant(asked.participant_identity, sip=True, **dict(asked.participant_attributes))
            self.people.setdefault(asked.room_name, []).append(joined)
        return answer or api.SIPParticipantInfo(participant_identity=asked.participant_identity)

    async def _TransferSIPParticipant(self, body: bytes) -> Message:
        asked = self._take("forward", api.TransferSIPParticipantRequest, body)
        done = api.TransferSIPParticipantResponse(
            transfer_id="TR_1", status=api.SIPTransferStatus.STS_TRANSFER_SUCCESSFUL
        )
        return await self._answer(self.forwards, asked) or done

    async def _answer(self, answers: deque[Answer], asked: Message) -> Message | None:
        answer = answers.popleft() if answers else None
        if isinstance(answer, SipStatus):
            raise Refused(500, "internal", answer.status or answer.reason, answer.meta)
        if callable(answer):
            return await answer(asked)
        return answer

    # Rooms

    async def _ListRooms(self, body: bytes) -> Message:
        asked = api.ListRoomsRequest.FromString(body)
        names = [name for name in self.people if not asked.names or name in asked.names]
        return api.ListRoomsResponse(rooms=[api.Room(name=name) for name in names])

    async def _ListParticipants(self, body: bytes) -> Message:
        asked = api.ListParticipantsRequest.FromString(body)
        return api.ListParticipantsResponse(participants=self.people.get(asked.room, []))

    async def _RemoveParticipant(self, body: bytes) -> Message:
        asked = self._take("remove", api.RoomParticipantIdentity, body)
        self.leave(asked.room, asked.identity)
        return api.RemoveParticipantResponse()

    async def _CreateDispatch(self, body: bytes) -> Message:
        asked = self._take("dispatch", api.CreateAgentDispatchRequest, body)
        return api.AgentDispatch(id="AD_1", agent_name=asked.agent_name, room=asked.room)

    async def _DeleteRoom(self, body: bytes) -> Message:
        asked = self._take("delete_room", api.DeleteRoomRequest, body)
        self.people.pop(asked.room, None)
        return api.DeleteRoomResponse()

    async def _SendData(self, body: bytes) -> Message:
        self._take("send_data", api.SendDataRequest, body)
        return api.SendDataResponse()

    def leave(self, room: str, identity: str) -> None:
        """Somebody leaves."""
        self.people[room] = [one for one in self.people.get(room, []) if one.identity != identity]


def participant(
    identity: str,
    *,
    sip: bool = False,
    agent: bool = False,
    microphone: bool = True,
    joined_at: int = 1,
    **attributes: str,
) -> api.ParticipantInfo:
    """Somebody in a room."""
    kinds = api.ParticipantInfo.Kind
    kind = kinds.SIP if sip else kinds.AGENT if agent else kinds.STANDARD
    tracks = [api.TrackInfo(sid="TR_1", type=api.TrackType.AUDIO)] if microphone else []
    return api.ParticipantInfo(identity=identity, kind=kind, joined_at=joined_at, tracks=tracks, attributes=attributes)


class JumpingClock:
    """Sleeping takes no time: the clock jumps, once everything else had its turn. `at` has things happen on the way."""

    def __init__(self) -> None:
        self._at_ms = 0.0
        self.happenings: dict[float, Callable[[], object]] = {}
        """What happens, by second."""

    def elapsed_ms(self) -> float:
        return self._at_ms

    async def sleep(self, seconds: float) -> None:
        self._at_ms += seconds * 1000
        for second in sorted(self.happenings):
            if second * 1000 <= self._at_ms:
                self.happenings.pop(second)()
        await asyncio.sleep(0)


def json_of(data: bytes) -> Any:
    return json.loads(data)
