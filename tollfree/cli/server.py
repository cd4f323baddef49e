"""`tollfree server`: the control tower, over HTTP."""

import asyncio
import os

import click

from tollfree.calls.phone.errors import NoLiveKit
from tollfree.calls.phone.settings import PhoneSettings
from tollfree.cli.checks.finding import Place
from tollfree.cli.checks.running import examine
from tollfree.cli.doctor import CHECKS
from tollfree.cli.opened import print_json_line, settings_of
from tollfree.network.http_server import stop_on_signals
from tollfree.server.run import run_server
from tollfree.server.settings import ServerSettings
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.worker.log_lines import log_to_stderr


@click.command("server")
@click.option("--json", "as_json", is_flag=True, help="One JSON line when it can be reached, for programs.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Serve the dashboard and the API until told to stop. Calls go on without it.

    The first start prints a link by which the first admin comes in. `tollfree up` starts this too.
    """
    log_to_stderr()
    settings = settings_of(ctx)
    try:
        livekit = PhoneSettings().server()
    except NoLiveKit:
        livekit = None

    def ready(url: str, link: str) -> None:
        if as_json:
            print_json_line({"type": "ready", "url": url, "first": link})
            return
        click.echo(f"The dashboard is at {url}")
        if link:
            click.echo(f"Nobody can sign in yet. Make the first admin here, once: {link}")

    async def run() -> None:
        place = Place(settings=settings, environ=dict(os.environ))
        await run_server(
            settings,
            ServerSettings(),
            livekit,
            WorkerSettings(),
            stop_on_signals(),
            ready,
            PhoneSettings(),
            examine=lambda: examine(CHECKS, place),
        )

    asyncio.run(run())
