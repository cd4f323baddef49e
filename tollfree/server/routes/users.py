"""The people of the installation."""

from datetime import datetime

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tollfree.calls.store.users import User
from tollfree.protocol.role import Role
from tollfree.server.access import everywhere, guarded
from tollfree.server.desk import Desk, TheDesk, audit
from tollfree.server.etags import TAGGED, IfMatch, etag, matched
from tollfree.server.routes.session import Email, address_of_pages

router = guarded("users")


class NewUser(BaseModel):
    """A person to be added. They set their password by a link that works once."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    email: Email
    name: str = Field(default="", max_length=200, examples=["Ada"])
    everywhere: bool = False
    """An admin of the installation: of all projects, users and engines."""


class UserChange(BaseModel):
    """What is to be different; the rest stays."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str | None = Field(default=None, min_length=1, max_length=200, examples=["Ada Lovelace"])
    everywhere: bool | None = None
    disabled: bool | None = None
    """They may not sign in, and are signed out."""


class Membership(BaseModel):
    """A part that somebody has in a project."""

    model_config = ConfigDict(frozen=True)

    project: str
    role: Role


class UserFacts(BaseModel):
    """A person."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: str = Field(examples=["u_0f3a5c9e21b47d68"])
    email: str
    name: str = Field(examples=["Ada"])
    everywhere: bool
    """An admin of the installation."""
    disabled: bool
    """May not sign in."""
    created_at: datetime
    projects: tuple[Membership, ...]
    """Where they have a part; an admin of the installation has one everywhere besides."""
    etag: str = Field(examples=['"3b1d7c0e9a5f2486"'])
    """Send it back in If-Match to change them."""


class PasswordLink(BaseModel):
    """A link by which somebody sets their password, once. It is shown here and never again."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    link: str = Field(examples=["https://calls.example.com/password?token=nT7…"])
    until: datetime
    """When it stops working."""


class AddedUser(BaseModel):
    """Who was added, and the link to give to them."""

    model_config = ConfigDict(frozen=True)

    user: UserFacts
    password: PasswordLink


@router.get("/users", dependencies=[everywhere()])
async def list_users(desk: TheDesk) -> list[UserFacts]:
    """Everybody, by address."""
    return [await _facts(desk, user) for user in await desk.store.users.list()]


@router.post("/users", dependencies=[everywhere()], status_code=201)
async def add_user(request: Request, desk: TheDesk, given: NewUser) -> AddedUser:
    """Add a person."""
    users = desk.store.users
    user = await users.add(email=given.email, name=given.name, password_hash="", everywhere=given.everywhere)
    audit(request, user=user.id, email=user.email, everywhere=user.everywhere)
    return AddedUser(user=await _facts(desk, user), password=await _link(request, desk, user.id))


@router.get("/users/{user}", dependencies=[everywhere()], responses=TAGGED)
async def show_user(desk: TheDesk, user: str, response: Response) -> UserFacts:
    """One of them."""
    facts = await _facts(desk, await desk.store.users.get(user))
    response.headers["ETag"] = facts.etag
    return facts


@router.patch("/users/{user}", dependencies=[everywhere()], responses=TAGGED)
async def change_user(
    request: Request, desk: TheDesk, user: str, given: UserChange, response: Response, if_match: IfMatch = ""
) -> UserFacts:
    """Change a person, or keep them from signing in."""
    wanted = matched(if_match)
    audit(request, **given.model_dump(exclude_none=True))
    changed = await desk.store.users.change(
        user, name=given.name, everywhere=given.everywhere, disabled=given.disabled, expected=wanted
    )
    facts = await _facts(desk, changed)
    response.headers["ETag"] = facts.etag
    return facts


@router.delete("/users/{user}", dependencies=[everywhere()], status_code=204)
async def remove_user(request: Request, desk: TheDesk, user: str) -> None:
    """Remove a person. What they did stays in the audit trail."""
    audit(request, email=(await desk.store.users.get(user)).email)
    await desk.store.users.remove(user)


@router.post("/users/{user}/password-link", dependencies=[everywhere()], status_code=201)
async def make_password_link(request: Request, desk: TheDesk, user: str) -> PasswordLink:
    """A link by which they set a new password; earlier ones work no more."""
    return await _link(request, desk, user)


async def _link(request: Request, desk: Desk, user: str) -> PasswordLink:
    token, until = await desk.doorkeeper.password_link(user)
    return PasswordLink(link=f"{address_of_pages(request, desk)}/password?token={token}", until=until)


async def _facts(desk: Desk, user: User) -> UserFacts:
    roles = await desk.store.users.roles(user.id)
    return UserFacts(
        id=user.id,
        email=user.email,
        name=user.name,
        everywhere=user.everywhere,
        disabled=user.disabled,
        created_at=user.created_at,
        projects=tuple(Membership(project=project, role=role) for project, role in sorted(roles.items())),
        etag=etag(user.sha256),
    )
