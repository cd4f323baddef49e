"""Agents: what answers a number or a web button."""

import html
from typing import Annotated, Any

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field

from tollfree.calls.agent_settings import AgentSettings
from tollfree.calls.project import ProjectSettings, settings_of
from tollfree.calls.publishing import drafts_of, project_settings
from tollfree.calls.route_table import intents_of, table_of
from tollfree.calls.settings_edits import edit_settings
from tollfree.calls.store.errors import StaleResource, UnknownResource
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import Desk, TheDesk, Who
from tollfree.server.etags import TAGGED, IfMatch, IfNoneMatch, etag, expected, tag_of
from tollfree.server.routes.flow_models import FlowFacts, facts_of_flow
from tollfree.speech.turns.settings import ListeningSettings
from tollfree.wiring.engine_names import check_engines

router = guarded("agents")

AgentName = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        description="The agent's name: letters, digits, `_` and `-`. A call goes to `main` unless it names another.",
        examples=["main"],
    ),
]
THRESHOLDS = {
    "type": "object",
    "properties": {
        "barge_gate_ms": {
            "type": "number",
            "description": "Milliseconds of speech that pause the agent.",
            "default": 64,
        }
    },
}
"""One of the thresholds, as an example."""
NEW = ""
"""The expected digest of an agent that is not there yet."""


class IntentRoute(BaseModel):
    """Which language model serves an intent."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    intent: str
    route: str
    """Of the agent's table, else as the flow's author wrote it; empty: the agent's `route`, else the default chain."""
    by_table: bool = Field(examples=[True])
    """Whether the agent's table says so."""


class AgentFacts(BaseModel):
    """An agent, and what belongs to it."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str = Field(examples=["main"])
    settings: AgentSettings
    flow: FlowFacts | None
    """The flow that it answers with; null: there is no such flow."""
    open: bool = Field(examples=[True])
    """Whether its own flow answers at this moment."""
    numbers: tuple[str, ...] = Field(examples=[["+12125550100"]])
    """Telephone numbers that it answers."""
    intents: tuple[IntentRoute, ...] = ()
    """Every intent of the project's drafts, and what serves it; not in lists."""
    snippet: str = Field(
        examples=[
            '<script src="https://calls.example.com/button.js" data-project="bakery" data-agent="main" async></script>'
        ]
    )
    """HTML that puts its button on a web page."""


@router.get("/projects/{project}/agents", dependencies=[may(Role.VIEWER)])
async def list_agents(desk: TheDesk, project: str) -> list[AgentFacts]:
    """All of them, by name."""
    settings = await project_settings(desk.store, ProjectId(project))
    return [await _facts(desk, ProjectId(project), settings, name) for name in sorted(settings.agents)]


@router.get("/projects/{project}/agents/{agent}", dependencies=[may(Role.VIEWER)], responses=TAGGED)
async def show_agent(desk: TheDesk, project: str, agent: AgentName, response: Response) -> AgentFacts:
    """One of them, with its table of intents."""
    settings = await project_settings(desk.store, ProjectId(project))
    facts = await _facts(desk, ProjectId(project), settings, agent)
    response.headers["ETag"] = etag(tag_of(facts.settings))
    intents = intents_of((await drafts_of(desk.store, ProjectId(project))).values())
    table = table_of(settings, agent, intents)
    served = tuple(IntentRoute(intent=one.intent, route=one.route, by_table=one.by_table) for one in table)
    return facts.model_copy(update={"intents": served})


@router.put("/projects/{project}/agents/{agent}", dependencies=[may(Role.EDITOR)], responses=TAGGED)
async def save_agent(
    desk: TheDesk,
    who: Who,
    project: str,
    agent: AgentName,
    given: AgentSettings,
    response: Response,
    if_match: IfMatch = "",
    if_none_match: IfNoneMatch = "",
) -> AgentFacts:
    """Replace an agent, or with `If-None-Match: *` add one. It counts from the next call on."""
    wanted = expected(if_match, if_none_match, absent=NEW)

    def change(settings: ProjectSettings) -> ProjectSettings:
        before = settings.agents.get(agent)
        if (NEW if before is None else tag_of(before)) != wanted:
            raise StaleResource(ProjectId(project), "agent", agent, before and before.model_dump(mode="json"))
        if not who.everywhere:
            check_engines(desk.office.settings, before, given)
        plain = settings.model_dump(mode="json")
        agents = {**plain["agents"], agent: given.model_dump(mode="json")}
        return settings_of({**plain, "agents": agents}, f"agent {agent}")

    settings = await edit_settings(desk.store, ProjectId(project), change)
    response.headers["ETag"] = etag(tag_of(settings.agents[agent]))
    return await _facts(desk, ProjectId(project), settings, agent)


@router.delete("/projects/{project}/agents/{agent}", dependencies=[may(Role.EDITOR)], status_code=204)
async def delete_agent(desk: TheDesk, project: str, agent: AgentName) -> None:
    """Remove an agent. Numbers that it answered are refused until another does."""

    def change(settings: ProjectSettings) -> ProjectSettings:
        if agent not in settings.agents:
            raise UnknownResource(ProjectId(project), "agent", agent)
        agents = {name: one for name, one in settings.agents.items() if name != agent}
        return settings.model_copy(update={"agents": agents})

    await edit_settings(desk.store, ProjectId(project), change)


@router.get("/projects/{project}/listening", dependencies=[may(Role.VIEWER)])
async def show_listening(desk: TheDesk, project: str) -> Annotated[dict[str, Any], Field(examples=[THRESHOLDS])]:
    """The thresholds by which callers are listened to: their JSON Schema, each with its plain explanation, and as
    `default` the installation's value. An agent's `listening` names those that are otherwise."""
    schema = ListeningSettings.model_json_schema()
    installed = desk.office.settings.listening.model_dump(mode="json")
    for name, part in schema["properties"].items():
        part["default"] = installed[name]
    return schema


def snippet_of(desk: Desk, project: str, name: str) -> str:
    """The HTML of an agent's button."""
    url = (desk.settings.url or f"http://{desk.settings.host}:{desk.settings.port}").rstrip("/")
    source, owner, agent = (html.escape(part, quote=True) for part in (f"{url}/button.js", project, name))
    return f'<script src="{source}" data-project="{owner}" data-agent="{agent}" async></script>'


async def _facts(desk: Desk, project: ProjectId, settings: ProjectSettings, name: str) -> AgentFacts:
    agent = settings.agents.get(name)
    if agent is None:
        raise UnknownResource(project, "agent", name)
    numbers = await desk.store.numbers.list(project)
    flows = {flow.name: flow for flow in await desk.store.flows.list(project)}
    flow = flows.get(agent.flow)  # pyright: ignore[reportArgumentType]  settings are not checked for being a flow's name
    now = desk.clock.now().astimezone(settings.zone)
    return AgentFacts(
        name=name,
        settings=agent,
        flow=facts_of_flow(flow) if flow is not None else None,
        open=agent.hours is None or agent.hours.is_open(now),
        numbers=tuple(one.number for one in numbers if one.agent == name),
        snippet=snippet_of(desk, project, name),
    )
