"""Calls from the buttons on web sites: for anybody, from the sites that an agent names, and no more than it takes."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tollfree.calls.errors import BadProject
from tollfree.calls.phone.dispatch import Dispatch
from tollfree.calls.phone.web_calls import caller_token
from tollfree.calls.publishing import project_settings
from tollfree.calls.store.errors import UnknownProject
from tollfree.calls.web_button import WebButton
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import ProjectId
from tollfree.server.access import anyone, guarded
from tollfree.server.answers import refusal
from tollfree.server.desk import Desk, TheDesk
from tollfree.server.routes.session import address_of
from tollfree.server.starting import ROOM_PREFIX, url_for_browsers
from tollfree.server.web_errors import ForeignSite, NoButton, NoWebCalls, TooManyCalls

router = guarded("web")

BY_ADDRESS = 6
"""Calls that one address may begin within a minute."""
BUSY_S = 20
"""Seconds after which whoever found all lines busy may ask again."""

Name = Annotated[str, Path(max_length=200)]


class ButtonTexts(BaseModel):
    """What the button shows."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    title: str = Field(examples=["Call us"])
    consent: str = Field(
        examples=["You will talk with an automated assistant. The call is transcribed and may be recorded."]
    )
    """What a visitor agrees to before the call."""
    captions: bool = Field(examples=[True])
    language: str = Field(examples=["en"])
    """BCP 47 tag of what the agent speaks."""


class WebCall(BaseModel):
    """A call that a visitor may make."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    url: str = Field(examples=["wss://livekit.example.com"])
    """The LiveKit server."""
    token: str
    """Lets one caller into one room, within five minutes."""
    consent: str = Field(
        examples=["You will talk with an automated assistant. The call is transcribed and may be recorded."]
    )
    """What they agreed to."""


@router.get("/web/{project}/{agent}", dependencies=[anyone()], response_model=ButtonTexts)
async def show_web_button(request: Request, desk: TheDesk, project: Name, agent: Name, response: Response) -> object:
    """What the button of an agent shows."""

    async def answer(button: WebButton, language: str) -> ButtonTexts:
        return ButtonTexts(title=button.title, consent=button.consent, captions=button.captions, language=language)

    return await _for_a_site(request, response, desk, project, agent, answer)


@router.post("/web/{project}/{agent}/calls", dependencies=[anyone()], status_code=201, response_model=WebCall)
async def start_web_call(request: Request, desk: TheDesk, project: Name, agent: Name, response: Response) -> object:
    """Let a visitor call an agent from a page of a site that it allows."""

    async def answer(button: WebButton, language: str) -> WebCall:
        server = desk.livekit
        if server is None:
            raise NoWebCalls
        await _check_load(request, desk, project, agent, button)
        worker = desk.worker.name if desk.worker is not None else "tollfree"
        room = f"{ROOM_PREFIX}_{secrets.token_hex(16)}"
        metadata = Dispatch(project=project, agent=agent).text()
        token = caller_token(server, room, "caller", worker=worker, metadata=metadata)
        return WebCall(url=url_for_browsers(desk), token=token, consent=button.consent)

    return await _for_a_site(request, response, desk, project, agent, answer, needs_origin=True)


@router.options("/web/{project}/{agent}", dependencies=[anyone()], status_code=204)
async def ask_for_web_button(request: Request, desk: TheDesk, project: Name, agent: Name, response: Response) -> None:
    """Whether a page of another site may ask: a browser's preflight."""
    await _preflight(request, response, desk, project, agent)


@router.options("/web/{project}/{agent}/calls", dependencies=[anyone()], status_code=204)
async def ask_for_web_call(request: Request, desk: TheDesk, project: Name, agent: Name, response: Response) -> None:
    """Whether a page of another site may start a call: a browser's preflight."""
    await _preflight(request, response, desk, project, agent)


async def _for_a_site(
    request: Request,
    response: Response,
    desk: Desk,
    project: str,
    agent: str,
    answer: Callable[[WebButton, str], Awaitable[object]],
    *,
    needs_origin: bool = False,
) -> object:
    """The answer, if the page that asks is one of an allowed site: then it may read it. A refusal may be read by any,
    so that whoever puts the button on a site sees what is missing."""
    response.headers["Vary"] = "Origin"
    origin = request.headers.get("origin", "")
    try:
        button, language = await _button(desk, project, agent)
        if not button.allows(origin) and (origin or needs_origin):
            raise ForeignSite(origin)
        if origin:  # else a page of our own; a browser lets no other read it
            response.headers["Access-Control-Allow-Origin"] = origin
        return await answer(button, language)
    except TollfreeError as error:
        refused = refusal(error)
        refused.headers.update({"Access-Control-Allow-Origin": "*", "Vary": "Origin"})
        return refused


async def _preflight(request: Request, response: Response, desk: Desk, project: str, agent: str) -> None:
    button, _ = await _button(desk, project, agent)
    origin = request.headers.get("origin", "")
    if not button.allows(origin):
        raise ForeignSite(origin)
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    response.headers["Access-Control-Max-Age"] = "600"
    response.headers["Vary"] = "Origin"


async def _button(desk: Desk, project: str, agent: str) -> tuple[WebButton, str]:
    """A button that is switched on, and what its agent speaks. Raises `NoButton`, whatever of it is missing."""
    try:
        settings = await project_settings(desk.store, ProjectId(project))
    except (UnknownProject, BadProject) as error:
        raise NoButton from error
    found = settings.agents.get(agent)
    if found is None or not found.web.enabled:
        raise NoButton
    return found.web, settings.language


async def _check_load(request: Request, desk: Desk, project: str, agent: str, button: WebButton) -> None:
    """Raises `TooManyCalls`."""
    page = await desk.store.calls.list(project=ProjectId(project), ended=False, limit=1000)
    if sum(call.agent == agent for call in page.calls) >= button.calls_at_once:
        raise TooManyCalls(BUSY_S)
    limits = {f"agent {project} {agent}": button.calls_per_minute, f"address {address_of(request, desk)}": BY_ADDRESS}
    wait_s = desk.web_rate.take(desk.clock.elapsed_ms() / 1000, limits)
    if wait_s > 0:
        raise TooManyCalls(wait_s)
