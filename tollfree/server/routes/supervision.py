"""People who change, hear, or take over calls that run."""

from fastapi import Request

from tollfree.calls.phone.errors import NotInRoom
from tollfree.calls.phone.supervisors import listen_token, talk_token
from tollfree.calls.room import room_of
from tollfree.calls.store.calls import Call
from tollfree.calls.store.errors import CallClosed
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import Desk, TheDesk, Who, audit
from tollfree.server.errors import Unfit
from tollfree.server.models.calls import WayIn
from tollfree.server.models.supervision import GivenCommand, Supervision, TakenOver
from tollfree.server.starting import livekit_of, url_for_browsers
from tollfree.wiring.call_story import call_of

router = guarded("supervision")

_NAMED = frozenset({"set_slot", "choose_exit"})


@router.post("/projects/{project}/calls/{call}/supervision", dependencies=[may(Role.SUPERVISOR)], status_code=202)
async def supervise_call(
    request: Request, desk: TheDesk, who: Who, project: str, call: str, given: Supervision
) -> GivenCommand:
    """Tell a call that runs what to do. Its own process takes it up within a fraction of a second, and its log says
    what came of it."""
    if given.action in _NAMED and not given.name:
        raise Unfit(f"Say which {'slot' if given.action == 'set_slot' else 'exit'} is meant: `name`.")
    if given.action == "say" and not (isinstance(given.value, str) and given.value.strip()):
        raise Unfit("Say what is to be said: `value`, a text.")
    found = await _running(desk, project, call)
    audit(request, action=given.action, name=given.name)
    command = await desk.store.commands.give(
        found.id, action=given.action, by=who.name, name=given.name, value=given.value
    )
    return GivenCommand(id=command)


@router.post("/projects/{project}/calls/{call}/listen", dependencies=[may(Role.SUPERVISOR)])
async def listen_in(desk: TheDesk, who: Who, project: str, call: str) -> WayIn:
    """Hear a call that runs, unseen and unheard."""
    room = await _room(desk, await _running(desk, project, call))
    token = listen_token(livekit_of(desk), room, who.called)
    return WayIn(url=url_for_browsers(desk), token=token, room=room)


@router.post("/projects/{project}/calls/{call}/take-over", dependencies=[may(Role.SUPERVISOR)])
async def take_over_call(desk: TheDesk, who: Who, project: str, call: str) -> TakenOver:
    """Talk to the caller in the agent's place: the agent falls silent until the call is handed back by the action
    `hand_back`, or whoever took it over is gone."""
    found = await _running(desk, project, call)
    room = await _room(desk, found)
    token = talk_token(livekit_of(desk), room, who.called)
    command = await desk.store.commands.give(found.id, action="take_over", by=who.name)
    return TakenOver(id=command, join=WayIn(url=url_for_browsers(desk), token=token, room=room))


@router.post("/projects/{project}/calls/{call}/renew", dependencies=[may(Role.SUPERVISOR)], status_code=202)
async def renew_take_over(desk: TheDesk, who: Who, project: str, call: str) -> GivenCommand:
    """Say that whoever took the call over is still there; without it the agent soon goes on."""
    found = await _running(desk, project, call)
    return GivenCommand(id=await desk.store.commands.give(found.id, action="renew", by=who.name))


async def _running(desk: Desk, project: str, call: str) -> Call:
    """Raises `UnknownCall` or `CallClosed`."""
    found = await call_of(desk.store, ProjectId(project), CallId(call))
    if found.ended_at is not None:
        raise CallClosed(found.id)
    return found


async def _room(desk: Desk, call: Call) -> str:
    room = await room_of(desk.store, call.id)
    if not room:
        raise NotInRoom(f"Call {call.id} is in no LiveKit room (it is carried by {call.line}), so nobody can join it.")
    return room
