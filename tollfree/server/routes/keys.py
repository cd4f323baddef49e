"""Keys by which programs come in."""

import secrets
from datetime import datetime

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from tollfree.calls.store.api_keys import ApiKey
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk, Who, audit
from tollfree.server.doorkeeper import KEY_PREFIX
from tollfree.server.errors import NotAllowed, Unfit
from tollfree.server.moments import Instant
from tollfree.server.principal import hashed

router = guarded("keys")


class NewKey(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: str = Field(min_length=1, max_length=200, examples=["CRM import"])
    """What it is for."""
    role: Role = Role.VIEWER
    """What it may do; at most what whoever makes it may."""
    until: Instant | None = Field(default=None, examples=["2027-01-31T00:00:00Z"])
    """When it stops working; null: never."""


class KeyFacts(BaseModel):
    """What is known of a key; not the key itself."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: str = Field(examples=["k_0f3a5c9e21b47d68"])
    name: str = Field(examples=["CRM import"])
    role: Role = Field(examples=["viewer"])
    created_at: datetime
    created_by: str
    until: datetime | None = Field(examples=["2027-01-31T00:00:00Z"])
    """When it stops working; null: never."""
    used_at: datetime | None = Field(examples=["2026-11-22T18:55:00Z"])
    """When it was last used, to five minutes; null: never."""


class MadeKey(BaseModel):
    """The key, shown here and never again."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    key: str = Field(examples=["tf_…"])
    """Goes with every request, as `Authorization: Bearer KEY`."""
    facts: KeyFacts


@router.get("/projects/{project}/keys", dependencies=[may(Role.ADMIN)])
async def list_keys(desk: TheDesk, project: str) -> list[KeyFacts]:
    """The project's, the newest first."""
    return [_facts(one) for one in await desk.store.api_keys.list(ProjectId(project))]


@router.post("/projects/{project}/keys", dependencies=[may(Role.ADMIN, person=True)], status_code=201)
async def make_key(request: Request, desk: TheDesk, who: Who, project: str, given: NewKey) -> MadeKey:
    """Make a key of this project."""
    if not who.may(ProjectId(project), given.role):
        raise NotAllowed("A key may do no more than whoever makes it.")
    if given.until is not None and given.until <= desk.clock.now():
        raise Unfit("The key would not work: `until` is past. Choose a time to come, or null.")
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    made = await desk.store.api_keys.add(
        ProjectId(project),
        key_sha256=hashed(key),
        name=given.name,
        role=given.role,
        created_by=who.name,
        until=given.until,
    )
    audit(request, key=made.id, name=made.name, role=made.role.value)
    return MadeKey(key=key, facts=_facts(made))


@router.delete("/projects/{project}/keys/{key}", dependencies=[may(Role.ADMIN)], status_code=204)
async def remove_key(desk: TheDesk, project: str, key: str) -> None:
    """It stops working at once."""
    await desk.store.api_keys.remove(ProjectId(project), key)


def _facts(key: ApiKey) -> KeyFacts:
    return KeyFacts(
        id=key.id,
        name=key.name,
        role=key.role,
        created_at=key.created_at,
        created_by=key.created_by,
        until=key.until,
        used_at=key.used_at,
    )
