"""`tollfree worker`: takes calls from a LiveKit server."""

import asyncio

import click

from tollfree.calls.phone.settings import PhoneSettings
from tollfree.cli.opened import print_json_line, settings_of
from tollfree.wiring.livekit_settings import WorkerSettings
from tollfree.worker.log_lines import log_to_stderr
from tollfree.worker.office_desk import OfficeDesk
from tollfree.worker.serve import Worker
from tollfree.worker.stop import stop_on_signals


@click.command("worker")
@click.option("--json", "as_json", is_flag=True, help="One JSON line when calls can come, for programs.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Take calls from the LiveKit server that TOLLFREE_LIVEKIT_URL names, until told to stop.

    SIGTERM or Ctrl-C: no new calls, and an end when those that run are over. Twice: an end at once. What happens is
    written to standard error.
    """
    log_to_stderr()
    settings, phone = settings_of(ctx), PhoneSettings()
    desk = OfficeDesk(settings, phone)
    notices = settings.cache / "notices" / desk.notices_key()
    worker_settings = WorkerSettings()
    worker = Worker(desk, phone.server(), worker_settings, settings.home, notices)

    def started() -> None:
        if as_json:
            print_json_line({"type": "ready", "agent": worker_settings.name, "max_calls": worker_settings.max_calls})
        else:
            click.echo(f"Taking calls as {worker_settings.name}, up to {worker_settings.max_calls} at once.")

    async def run() -> None:
        await worker.run(stop_on_signals(), started)

    asyncio.run(run())
