"""Who has a part in a project."""

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tollfree.calls.store.users import User
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk, audit
from tollfree.server.errors import NobodyByThatName
from tollfree.server.etags import TAGGED, IfMatch, etag, matched
from tollfree.server.routes.session import Email

router = guarded("members")


class NewMember(BaseModel):
    """Somebody who is to have a part; an admin of the installation has added them before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: Email
    role: Role


class RoleChange(BaseModel):
    """Another role."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role


class Member(BaseModel):
    """Somebody who has a part. Admins of the installation have all, and are not listed for it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: str = Field(examples=["u_0f3a5c9e21b47d68"])
    email: str
    name: str = Field(examples=["Ada"])
    role: Role
    disabled: bool
    """May not sign in."""
    etag: str = Field(examples=['"editor"'])
    """Send it back in If-Match to change their role."""


@router.get("/projects/{project}/members", dependencies=[may(Role.ADMIN)])
async def list_members(desk: TheDesk, project: str) -> list[Member]:
    """Who has a part, by address."""
    return [_member(user, role) for user, role in await desk.store.users.members(ProjectId(project))]


@router.post("/projects/{project}/members", dependencies=[may(Role.ADMIN, person=True)], status_code=201)
async def add_member(request: Request, desk: TheDesk, project: str, given: NewMember) -> Member:
    """Give a person who has no part yet one, by their address."""
    found = await desk.store.users.by_email(given.email)
    if found is None:
        raise NobodyByThatName(given.email)
    user, _ = found
    audit(request, user=user.id, email=user.email, role=given.role.value)
    await desk.store.users.admit(user.id, ProjectId(project), given.role)
    return _member(user, given.role)


@router.put("/projects/{project}/members/{user}", dependencies=[may(Role.ADMIN, person=True)], responses=TAGGED)
async def change_member(
    request: Request,
    desk: TheDesk,
    project: str,
    user: str,
    given: RoleChange,
    response: Response,
    if_match: IfMatch = "",
) -> Member:
    """Give somebody who has a part another role."""
    wanted = matched(if_match)
    found = await desk.store.users.get(user)
    audit(request, email=found.email, role=given.role.value)
    await desk.store.users.grant(user, ProjectId(project), given.role, expected=wanted)
    changed = _member(found, given.role)
    response.headers["ETag"] = changed.etag
    return changed


@router.delete("/projects/{project}/members/{user}", dependencies=[may(Role.ADMIN, person=True)], status_code=204)
async def remove_member(request: Request, desk: TheDesk, project: str, user: str) -> None:
    """They have no part in it any more."""
    found = await desk.store.users.get(user)
    audit(request, email=found.email)
    await desk.store.users.revoke(user, ProjectId(project))


def _member(user: User, role: Role) -> Member:
    return Member(
        id=user.id, email=user.email, name=user.name, role=role, disabled=user.disabled, etag=etag(role.value)
    )
