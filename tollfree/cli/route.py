"""`tollfree route`: the language models of this installation, and whether they answer."""

import asyncio
import sys
from dataclasses import asdict

import click

from tollfree.cli.opened import print_json, settings_of
from tollfree.cli.route_table import set_route, table
from tollfree.language.llm.check import Checked, check_route
from tollfree.language.llm.client import RouteModel
from tollfree.language.llm.route import DEFAULT, Route, Routes
from tollfree.language.llm.routes_file import read_routes_file
from tollfree.protocol.values import Value


@click.group("route")
def command() -> None:
    """See which language models are asked, try them, and say which serves which intent."""


command.add_command(set_route)
command.add_command(table)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def list_routes(ctx: click.Context, as_json: bool) -> None:
    """The routes and chains of routes.yaml. Asks no server."""
    path = settings_of(ctx).routes_path
    routes = read_routes_file(path)
    if as_json:
        print_json({"file": str(path), "routes": _json(routes), "chains": _chains(routes)})
        return
    if not routes.routes:
        click.echo(f"no routes in {path}: calls go by rules, classifier and templates, without a language model")
        return
    for name, route in routes.routes.items():
        click.echo(f"{name:12}{route.model}  {route.dialect} at {route.base_url}{_key(route)}")
        click.echo(
            f"{'':12}first token {route.first_token_budget_ms} ms, next {route.next_token_budget_ms} ms{_hedge(route)}"
        )
    for name, chain in _chains(routes).items():
        click.echo(f"{name:12}{' → '.join(chain)}")
    if DEFAULT not in routes.chains:
        click.echo(f"no chain {DEFAULT}: nodes and intents that name no route are answered without a language model")


@command.command("check")
@click.argument("names", nargs=-1, metavar="[ROUTE]…")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def check(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Ask each route (or those named) for a few words and for a choice under a schema, one after the other.

    Exit code 1 when one of them fails, or there is none.
    """
    path = settings_of(ctx).routes_path
    routes = read_routes_file(path).routes
    if unknown := [name for name in names if name not in routes]:
        raise click.UsageError(
            f"There is no route {', '.join(unknown)} in {path}; there are {', '.join(routes) or 'none'}."
        )
    asked = {name: route for name, route in routes.items() if not names or name in names}
    results = asyncio.run(_check(asked))
    if as_json:
        print_json([asdict(one) for one in results])
    elif not results:
        click.echo(f"no routes in {path}", err=True)
    else:
        for one in results:
            click.echo(_told(one))
    sys.exit(0 if results and all(one.good for one in results) else 1)


async def _check(routes: dict[str, Route]) -> list[Checked]:
    results: list[Checked] = []
    for name, route in routes.items():
        model = RouteModel(name, route)
        await model.warm_up()
        results.append(await check_route(model, route))
        await model.aclose()
    return results


def _told(one: Checked) -> str:
    head = f"{'good' if one.good else 'bad':6}{one.route:12}"
    if not one.good:
        return f"{head}{one.fault}"
    rate = f", {one.tokens_per_s:.0f} tokens/s" if one.tokens_per_s is not None else ""
    return f"{head}{one.model}: first token {one.first_ms:.0f} ms{rate}; a choice in {one.choice_ms:.0f} ms{_late(one)}"


def _late(one: Checked) -> str:
    return f" (more than first_token_budget_ms, {one.budget_ms}: in a call the next route is asked)" if one.late else ""


def _json(routes: Routes) -> dict[str, Value]:
    return {name: route.model_dump(mode="json") for name, route in routes.routes.items()}


def _chains(routes: Routes) -> dict[str, tuple[str, ...]]:
    """Every name that a node may use, and whom it asks."""
    return {name: routes.chain(name) for name in (*routes.chains, *routes.routes)}


def _key(route: Route) -> str:
    if not route.api_key_env:
        return ""
    return f", key in {route.api_key_env}{'' if route.key().get_secret_value() else ' (which is not set here)'}"


def _hedge(route: Route) -> str:
    return f", hedge after {route.hedge_ms} ms" if route.hedge_ms is not None else ""
