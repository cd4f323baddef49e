"""Calls that people make from the dashboard."""

import secrets

from tollfree.calls.phone.dispatch import Dispatch
from tollfree.calls.phone.errors import NoLiveKit
from tollfree.calls.phone.number import e164
from tollfree.calls.phone.outbound import ring
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.phone.web_calls import caller_token
from tollfree.calls.publishing import project_settings
from tollfree.protocol.ids import ProjectId
from tollfree.server.desk import Desk
from tollfree.server.errors import Unfit
from tollfree.server.models.calls import NewCall, StartedCall, WayIn

ROOM_PREFIX = "call_web"
"""Rooms of calls from a browser are named `call_web_RANDOM`."""


async def start(desk: Desk, project: ProjectId, given: NewCall) -> StartedCall:
    """Make a call. Raises `BadProject` or `NotPublished` where the agent cannot answer, or `PhoneError`."""
    server = livekit_of(desk)
    settings = await project_settings(desk.store, project)
    flow = await desk.office.flow_of(project, settings, given.agent)
    await desk.office.versions.published(project, flow)
    worker = desk.worker.name if desk.worker is not None else "tollfree"
    if given.kind == "phone":
        if not given.to:
            raise Unfit("Say which number is to be rung: `to`.")
        number = e164(given.to, settings.region)
        wanted = Dispatch(project=project, agent=given.agent, caller=number)
        room = await ring(server, desk.phone or PhoneSettings(), number, wanted, worker=worker)
        return StartedCall(kind="phone", room=room, join=None)
    caller = e164(given.caller, settings.region) if given.caller else ""
    room = f"{ROOM_PREFIX}_{secrets.token_hex(8)}"
    metadata = Dispatch(project=project, agent=given.agent, caller=caller).text()
    token = caller_token(server, room, "caller", worker=worker, metadata=metadata)
    return StartedCall(kind="web", room=room, join=WayIn(url=url_for_browsers(desk), token=token, room=room))


def livekit_of(desk: Desk) -> LiveKitServer:
    """The LiveKit server. Raises `NoLiveKit`."""
    if desk.livekit is None:
        raise NoLiveKit(
            "There is no LiveKit server here. Start the server by `tollfree up`, or set TOLLFREE_LIVEKIT_URL, "
            "TOLLFREE_LIVEKIT_API_KEY and TOLLFREE_LIVEKIT_API_SECRET."
        )
    return desk.livekit


def url_for_browsers(desk: Desk) -> str:
    """Where a browser finds LiveKit. Raises `NoLiveKit`."""
    return desk.settings.livekit_url or livekit_of(desk).url
