"""Signing in and out."""

from typing import Annotated

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from tollfree.calls.store.users import User
from tollfree.protocol.role import Role
from tollfree.server.access import anyone, guarded, signed_in
from tollfree.server.desk import Desk, TheDesk, Who
from tollfree.server.doorkeeper import COOKIE
from tollfree.server.principal import csrf_of
from tollfree.server.settings import is_secure

router = guarded("session")

Email = Annotated[str, Field(min_length=3, max_length=320, examples=["ada@example.com"])]
Password = Annotated[SecretStr, Field(min_length=1, max_length=1024, examples=["nine larks over Leith"])]


class Credentials(BaseModel):
    """What a person signs in with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: Email
    password: Password


class FirstAdmin(BaseModel):
    """The first person of an installation."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    token: str = Field(max_length=200, examples=["Zk3vQ0yB7nE"])
    """From the link that the first start printed."""
    email: Email
    name: str = Field(default="", max_length=200, examples=["Ada"])
    password: Password


class Person(BaseModel):
    """Who is signed in."""

    id: str = Field(examples=["u_0f3a5c9e21b47d68"])
    email: str
    name: str = Field(examples=["Ada"])


class PartOf(BaseModel):
    """A project that they have a part in."""

    id: str = Field(examples=["bakery"])
    name: str = Field(examples=["The Bakery"])
    role: Role


class SessionFacts(BaseModel):
    """What a page needs to know of who is signed in."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    user: Person
    everywhere: bool
    """An admin of the installation."""
    projects: tuple[PartOf, ...]
    csrf: str = Field(examples=["r0Jt2kq8YvWm3xLd"])
    """Goes with every change, as the header X-CSRF-Token."""


@router.get("/session", dependencies=[signed_in()])
async def show_session(request: Request, desk: TheDesk, who: Who) -> SessionFacts:
    """Who is signed in."""
    return await _facts(desk, await desk.store.users.get(who.id), request.cookies[COOKIE])


@router.post("/session", dependencies=[anyone()])
async def sign_in(request: Request, response: Response, desk: TheDesk, given: Credentials) -> SessionFacts:
    """Sign in; a cookie says so from then on."""
    password = given.password.get_secret_value()
    user, token = await desk.doorkeeper.sign_in(given.email, password, address_of(request, desk))
    return await signed_in_answer(request, response, desk, user, token)


@router.delete("/session", dependencies=[signed_in()], status_code=204)
async def sign_out(request: Request, response: Response, desk: TheDesk) -> None:
    """Sign out."""
    await desk.doorkeeper.sign_out(request.cookies[COOKIE])
    response.delete_cookie(COOKIE, path="/")


@router.post("/first-admin", dependencies=[anyone()], status_code=201)
async def make_first_admin(request: Request, response: Response, desk: TheDesk, given: FirstAdmin) -> SessionFacts:
    """Make the first person, by the link that the first start printed, and sign them in."""
    password = given.password.get_secret_value()
    user, token = await desk.doorkeeper.first_admin(given.token, email=given.email, name=given.name, password=password)
    return await signed_in_answer(request, response, desk, user, token)


def address_of(request: Request, desk: Desk) -> str:
    """The machine that asks, behind as many proxies as are trusted."""
    chain = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    trusted = desk.settings.trusted_proxies
    if trusted and chain:
        return chain[-trusted] if trusted <= len(chain) else chain[0]
    return request.client.host if request.client is not None else ""


def address_of_pages(request: Request, desk: Desk) -> str:
    """Where people find the dashboard: as it is set, else as whoever asks has found it."""
    return (desk.settings.url or str(request.base_url)).rstrip("/")


async def signed_in_answer(request: Request, response: Response, desk: Desk, user: User, token: str) -> SessionFacts:
    """Give a browser its cookie, and its page what it needs to know."""
    request.state.who = await desk.doorkeeper.as_principal(user)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(desk.settings.sign_in_hours * 3600),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(desk.settings),
    )
    return await _facts(desk, user, token)


async def _facts(desk: Desk, user: User, token: str) -> SessionFacts:
    who = await desk.doorkeeper.as_principal(user)
    projects = await desk.store.projects.list()
    roles = ((one, who.role_in(one.id)) for one in projects)
    return SessionFacts(
        user=Person(id=user.id, email=user.email, name=user.name),
        everywhere=user.everywhere,
        projects=tuple(PartOf(id=one.id, name=one.name, role=role) for one, role in roles if role is not None),
        csrf=csrf_of(token),
    )
