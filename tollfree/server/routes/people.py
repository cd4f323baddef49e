"""Callers who wait for a person."""

from tollfree.calls.personal import HIDDEN
from tollfree.calls.phone.people import person_token
from tollfree.calls.store.waiting_calls import WaitingCall
from tollfree.protocol.ids import CallId, ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import SeesPersonal, TheDesk, Who
from tollfree.server.models.calls import WayIn
from tollfree.server.models.people import TakenCaller, WaitingCaller
from tollfree.server.starting import livekit_of, url_for_browsers
from tollfree.wiring.call_story import call_of

router = guarded("people")


@router.get("/projects/{project}/people/waiting", dependencies=[may(Role.VIEWER)])
async def list_waiting_callers(desk: TheDesk, sees: SeesPersonal, project: str) -> list[WaitingCaller]:
    """Callers who wait for somebody to join from a browser, the longest wait first."""
    waiting = await desk.store.waiting_calls.list(ProjectId(project))
    return [_facts(one, personal=sees) for one in waiting]


@router.post("/projects/{project}/people/waiting/{call}/take", dependencies=[may(Role.SUPERVISOR)])
async def take_waiting_caller(desk: TheDesk, who: Who, project: str, call: str) -> TakenCaller:
    """Take a caller: nobody else may meanwhile. The caller hears whoever asked as soon as their microphone is on."""
    found = await call_of(desk.store, ProjectId(project), CallId(call))
    server = livekit_of(desk)
    waits = await desk.store.waiting_calls.take(found.id, who.name)
    token = person_token(server, waits.room, who.called)
    way_in = WayIn(url=url_for_browsers(desk), token=token, room=waits.room)
    return TakenCaller(waiting=_facts(waits, personal=True), join=way_in)


def _facts(call: WaitingCall, *, personal: bool) -> WaitingCaller:
    return WaitingCaller(
        call=call.call,
        queue=call.queue,
        caller=call.caller if personal or not call.caller else HIDDEN,
        summary=call.summary if personal or not call.summary else HIDDEN,
        since=call.since,
        until=call.until,
        taken_by=call.taken_by,
    )
