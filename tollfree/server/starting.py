"""Calls that people make from the dashboard."""

import secrets

from tollfree.calls.phone.dispatch import Dispatch
from tollfree.calls.phone.errors import NoLiveKit
from tollfree.calls.phone.number import e164
from tollfree.calls.phone.outbound import ring
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.calls.phone.web_calls import caller_token
from tollfree.calls.project import DEFAULT_AGENT, ProjectSettings
from tollfree.calls.publishing import project_settings
from tollfree.flows.source import Document
from tollfree.protocol.ids import FlowId, ProjectId
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
    if given.kind == "phone":
        if not given.to:
            raise Unfit("Say which number is to be rung: `to`.")
        number = e164(given.to, settings.region)
        wanted = Dispatch(project=project, agent=given.agent, caller=number)
        room = await ring(server, desk.phone or PhoneSettings(), number, wanted, worker=_worker(desk))
        return StartedCall(kind="phone", room=room, join=None)
    caller = e164(given.caller, settings.region) if given.caller else ""
    return _from_browser(desk, server, Dispatch(project=project, agent=given.agent, caller=caller))


async def start_trial(
    desk: Desk,
    project: ProjectId,
    flow: FlowId,
    document: Document | None,
    *,
    agent: str = "",
    caller: str = "",
    by: str = "",
) -> StartedCall:
    """A call from a browser on a document, or on the draft, as it is now: frozen for this call, and published nowhere.
    `agent`: who talks; empty: whoever has the flow. Raises `FlowFaulty` with every fault, and as `start`."""
    server = livekit_of(desk)
    settings = await project_settings(desk.store, project)
    talks = _agent_of(settings, flow, agent)
    frozen = await desk.workbench.tried.frozen(project, flow, document, by=by)
    return _from_browser(
        desk, server, Dispatch(project=project, agent=talks, caller=caller, flow=flow, draft=frozen.number)
    )


def _agent_of(settings: ProjectSettings, flow: FlowId, agent: str) -> str:
    if agent:
        settings.agent(agent)  # refused where there is none of that name
        return agent
    return next((name for name, one in settings.agents.items() if one.flow == flow), DEFAULT_AGENT)


def _from_browser(desk: Desk, server: LiveKitServer, wanted: Dispatch) -> StartedCall:
    room = f"{ROOM_PREFIX}_{secrets.token_hex(8)}"
    token = caller_token(server, room, "caller", worker=_worker(desk), metadata=wanted.text())
    return StartedCall(kind="web", room=room, join=WayIn(url=url_for_browsers(desk), token=token, room=room))


def _worker(desk: Desk) -> str:
    return desk.worker.name if desk.worker is not None else "tollfree"


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
