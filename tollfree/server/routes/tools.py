"""Tools: named HTTP requests of a project, which flows call."""

from typing import Annotated

from fastapi import Path, Response
from pydantic import Field

from tollfree.calls.project import stored_tool
from tollfree.calls.store.document import digest
from tollfree.calls.store.tools import ABSENT
from tollfree.calls.tools.definition import Tool
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk
from tollfree.server.errors import Unfit
from tollfree.server.etags import TAGGED, IfMatch, IfNoneMatch, etag, expected
from tollfree.server.routes.flow_models import Told

router = guarded("tools")

ToolPath = Annotated[
    str,
    Path(
        pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$",
        max_length=64,
        description="The tool's name, as flows write it.",
        examples=["accounts.find"],
    ),
]


class ToolFacts(Told):
    """A tool."""

    tool: Tool
    secrets: tuple[str, ...] = Field(examples=[["API_TOKEN"]])
    """Names of the secrets that it needs."""
    missing_secrets: tuple[str, ...] = Field(examples=[[]])
    """Those that the project lacks."""


@router.get("/projects/{project}/tools", dependencies=[may(Role.VIEWER)])
async def list_tools(desk: TheDesk, project: str) -> list[ToolFacts]:
    """All of them, by name."""
    names = await _secrets(desk, project)
    documents = await desk.store.tools.all(ProjectId(project))
    return [_facts(stored_tool(name, document, f"project {project}"), names) for name, document in documents.items()]


@router.get("/projects/{project}/tools/{tool}", dependencies=[may(Role.VIEWER)], responses=TAGGED)
async def show_tool(desk: TheDesk, project: str, tool: ToolPath, response: Response) -> ToolFacts:
    """One of them."""
    document = await desk.store.tools.get(ProjectId(project), tool)
    response.headers["ETag"] = etag(digest(document))
    return _facts(stored_tool(tool, document, f"project {project}"), await _secrets(desk, project))


@router.put("/projects/{project}/tools/{tool}", dependencies=[may(Role.EDITOR)], responses=TAGGED)
async def save_tool(
    desk: TheDesk,
    project: str,
    tool: ToolPath,
    given: Tool,
    response: Response,
    if_match: IfMatch = "",
    if_none_match: IfNoneMatch = "",
) -> ToolFacts:
    """Replace a tool, or with `If-None-Match: *` add one. Published flows keep the tools that they were published
    with."""
    if given.name != tool:
        raise Unfit(f"The tool is called {given.name!r}, and is saved as {tool!r}. Give it one name.")
    wanted = expected(if_match, if_none_match, absent=ABSENT)
    document = given.model_dump(mode="json", exclude_unset=True)
    await desk.store.tools.save(ProjectId(project), tool, document, expected=wanted)
    response.headers["ETag"] = etag(digest(document))
    return _facts(given, await _secrets(desk, project))


@router.delete("/projects/{project}/tools/{tool}", dependencies=[may(Role.EDITOR)], status_code=204)
async def delete_tool(desk: TheDesk, project: str, tool: ToolPath) -> None:
    """Remove a tool. Published flows keep their copy; drafts that name it have a fault."""
    await desk.store.tools.delete(ProjectId(project), tool)


async def _secrets(desk: TheDesk, project: str) -> frozenset[str]:
    return frozenset(await desk.store.sealed_secrets.all(ProjectId(project)))


def _facts(tool: Tool, known: frozenset[str]) -> ToolFacts:
    return ToolFacts(
        tool=tool, secrets=tool.secrets, missing_secrets=tuple(name for name in tool.secrets if name not in known)
    )
