"""Projects: the isolation boundary."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from tollfree.calls.project import ProjectSettings
from tollfree.calls.store.projects import Project
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import everywhere, guarded, may, signed_in
from tollfree.server.desk import TheDesk, Who
from tollfree.wiring.knowledge import delete_project

router = guarded("projects")


class NewProject(BaseModel):
    """A project to be made."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    id: str = Field(min_length=1, max_length=64, examples=["bakery"])
    """Lower-case letters, digits and hyphens; in every address of the API."""
    name: str = Field(min_length=1, max_length=200, examples=["The Bakery"])
    """As its agents say it."""


class ProjectFacts(BaseModel):
    """A project."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    id: str = Field(examples=["bakery"])
    name: str = Field(examples=["The Bakery"])
    created_at: datetime
    role: Role
    """What whoever asks is in it."""


@router.get("/projects", dependencies=[signed_in()])
async def list_projects(desk: TheDesk, who: Who) -> list[ProjectFacts]:
    """Those that whoever asks has a part in."""
    projects = await desk.store.projects.list()
    return [_facts(one, role) for one in projects if (role := who.role_in(one.id)) is not None]


@router.post("/projects", dependencies=[everywhere()], status_code=201)
async def make_project(desk: TheDesk, given: NewProject) -> ProjectFacts:
    """Make an empty one."""
    settings = ProjectSettings(name=given.name).model_dump(mode="json")
    project = await desk.store.projects.new(ProjectId(given.id), name=given.name, settings=settings)
    return _facts(project, Role.ADMIN)


@router.get("/projects/{project}", dependencies=[may(Role.VIEWER)])
async def show_project(desk: TheDesk, who: Who, project: str) -> ProjectFacts:
    """One of them."""
    found = await desk.store.projects.get(ProjectId(project))
    role = who.role_in(found.id)
    assert role is not None  # its access was checked
    return _facts(found, role)


@router.delete("/projects/{project}", dependencies=[may(Role.ADMIN)], status_code=204)
async def remove_project(desk: TheDesk, project: str) -> None:
    """Delete it with its flows, knowledge, secrets and calls."""
    if desk.ingestion is not None:
        await desk.ingestion.stop(ProjectId(project))
    await delete_project(desk.store, desk.office.knowledge, ProjectId(project))


def _facts(project: Project, role: Role) -> ProjectFacts:
    return ProjectFacts(id=project.id, name=project.name, created_at=project.created_at, role=role)
