"""Who performs a call's effects, made for it and let go behind it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeGuard

from tollfree.calls.grounded import GroundedComposer
from tollfree.calls.metering import Metering
from tollfree.calls.performers import Composer, NoComposer, NoSwitchboard, ProjectTools, Switchboard, Tools
from tollfree.calls.performing import Performers
from tollfree.calls.tools.client import ToolClient
from tollfree.calls.tools.definition import Tool
from tollfree.calls.trial import TriedSwitchboard, TriedTools
from tollfree.language.llm.prompts import Scene
from tollfree.network.guard import Guard
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.call_models import CallModels
from tollfree.wiring.placing import Placed

if TYPE_CHECKING:
    from tollfree.wiring.office import Office


@asynccontextmanager
async def performers_of(
    office: "Office",
    placed: Placed,
    *,
    metering: Metering,
    switchboard: Switchboard | None = None,
    composer: Composer | None = None,
    tools: Callable[[Tools], Tools] = lambda tools: tools,
) -> AsyncGenerator[Performers]:
    """For one call. `composer`: in place of the installation's language models. `tools`: what stands in for the
    project's tools. Where a draft is tried, tools answer with their examples and nobody is rung."""
    call, version, facts = placed.call, placed.version, placed.facts
    if placed.trial:
        switchboard, tools = TriedSwitchboard(), lambda _: TriedTools(dict(version.tools), None)
    default = placed.agent.route if placed.agent is not None else ""
    models = CallModels(office.routes, metering, default) if facts.models else None
    scene = Scene(placed.settings.name, facts.language)
    if models is not None and not _composes(composer):
        composer = models.composer(scene, facts)
    client = ToolClient(Guard(placed.settings.allowed_hosts), clock=office.clock, pause=office.clock.sleep)
    knowledge = office.knowledge_of(call.project)
    knowledge.begin()
    warming = asyncio.ensure_future(office.routes.warm_up())
    try:
        secrets = await _secrets_of(office, call.project, version.tools)
        yield Performers(
            understands=office.versions.understander(
                version, facts, models.chooser(version.flow, scene, facts) if models is not None else None
            ),
            asks_models=models is not None,
            tools=tools(ProjectTools(client, version.tools, secrets, office.clock)),
            switchboard=switchboard or NoSwitchboard(),
            knowledge=knowledge,
            composer=GroundedComposer(composer, office.clock) if _composes(composer) else NoComposer(),
        )
    finally:
        warming.cancel()
        await knowledge.end()
        await client.aclose()


async def _secrets_of(office: "Office", project: ProjectId, tools: Mapping[str, Tool]) -> Mapping[str, str]:
    """The project's secrets; none are opened when its tools name none."""
    if not any(tool.secrets for tool in tools.values()):
        return {}
    return (await (await office.vault()).open(project)).values


def _composes(composer: Composer | None) -> TypeGuard[Composer]:
    return composer is not None and not isinstance(composer, NoComposer)
