"""Secrets of a project's tools: set and deleted, and never shown."""

from typing import Annotated

from fastapi import Path
from pydantic import Field, SecretStr

from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk
from tollfree.server.routes.flow_models import Asked

router = guarded("secrets")

SecretName = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,63}$",
        description="As tools write it: `{{ secret.NAME }}`.",
        examples=["API_TOKEN"],
    ),
]


class GivenSecret(Asked):
    """A secret's value."""

    value: SecretStr = Field(min_length=1, max_length=10_000, examples=["bk_live_5f0c9a"])
    """Sealed at once, and never shown again."""


@router.get("/projects/{project}/secrets", dependencies=[may(Role.EDITOR)])
async def list_secrets(desk: TheDesk, project: str) -> Annotated[list[str], Field(examples=[["API_TOKEN"]])]:
    """The names of the secrets there are."""
    return sorted(await desk.store.sealed_secrets.all(ProjectId(project)))


@router.put("/projects/{project}/secrets/{secret}", dependencies=[may(Role.EDITOR)], status_code=204)
async def set_secret(desk: TheDesk, project: str, secret: SecretName, given: GivenSecret) -> None:
    """Set a secret, in place of the one of this name. Calls have it from the next one on."""
    vault = await desk.office.vault()
    await vault.set(ProjectId(project), secret, given.value.get_secret_value())


@router.delete("/projects/{project}/secrets/{secret}", dependencies=[may(Role.EDITOR)], status_code=204)
async def delete_secret(desk: TheDesk, project: str, secret: SecretName) -> None:
    """Remove a secret."""
    await desk.store.sealed_secrets.delete(ProjectId(project), secret)
