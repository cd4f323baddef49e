"""`tollfree route set | table`: which language model serves which intent of an agent."""

import click

from tollfree.calls.project import DEFAULT_AGENT, ProjectSettings
from tollfree.calls.publishing import drafts_of, project_settings
from tollfree.calls.route_table import Served, intents_of, table_of, unknown_intent, unknown_route
from tollfree.calls.settings_edits import edit_settings
from tollfree.cli.opened import print_json, settings_of, with_office
from tollfree.language.llm.routes_file import read_routes_file
from tollfree.protocol.ids import ProjectId
from tollfree.wiring.office import Office

NONE = "-"
"""In place of a route: the intent is taken out of the table."""


@click.command("set")
@click.argument("project")
@click.argument("agent")
@click.argument("intent")
@click.argument("route")
@click.pass_context
def set_route(ctx: click.Context, project: str, agent: str, intent: str, route: str) -> None:
    """Have a route, or a chain of them, serve an INTENT from the next call on; `-` leaves it to the flow again.

    Calls that run keep what they began with. `tollfree project load` writes the folder's own table over this.
    """
    known = _known(ctx)

    async def work(office: Office) -> tuple[str, ...]:
        name = ProjectId(project)
        await edit_settings(office.store, name, lambda settings: _with(settings, agent, intent, route))
        intents = intents_of((await drafts_of(office.store, name)).values())
        told = (unknown_intent(intent, intents), unknown_route(route, known) if route != NONE else "")
        return tuple(one for one in told if one)

    warnings = with_office(ctx, work)
    served = "is left to the flow" if route == NONE else f"is served by {route}"
    click.echo(f"{intent} of {agent} {served}, from the next call on")
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


@click.command("table")
@click.argument("project")
@click.option("--agent", default=DEFAULT_AGENT, show_default=True, help="Which of the project's agents.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def table(ctx: click.Context, project: str, agent: str, as_json: bool) -> None:
    """Which route serves each intent, and who says so: the agent's table, or the flow."""
    known = _known(ctx)

    async def work(office: Office) -> tuple[tuple[Served, ...], dict[str, str]]:
        settings = await project_settings(office.store, ProjectId(project))
        intents = intents_of((await drafts_of(office.store, ProjectId(project))).values())
        return table_of(settings, agent, intents), intents

    served, intents = with_office(ctx, work)
    if as_json:
        print_json([{"intent": one.intent, "route": one.route or None, "by_table": one.by_table} for one in served])
        return
    for one in served:
        by = "by the agent's table" if one.by_table else "by the flow" if one.route else "by default"
        click.echo(f"{one.intent:20}{one.route or 'default':16}{by}")
        for warning in (unknown_intent(one.intent, intents), unknown_route(one.route, known) if one.route else ""):
            if warning:
                click.echo(f"warning: {warning}", err=True)
    if not served:
        click.echo(f"no flow of {project} has intents")


def _known(ctx: click.Context) -> tuple[str, ...]:
    """Names a table may use. Raises `BadRoutes`."""
    routes = read_routes_file(settings_of(ctx).routes_path)
    return (*routes.routes, *routes.chains)


def _with(settings: ProjectSettings, agent: str, intent: str, route: str) -> ProjectSettings:
    table = {**settings.agent(agent).routes, intent: route}
    if route == NONE:
        del table[intent]
    changed = settings.agent(agent).model_copy(update={"routes": table})
    return settings.model_copy(update={"agents": {**settings.agents, agent: changed}})
