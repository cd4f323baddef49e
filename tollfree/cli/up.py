"""`tollfree up`: LiveKit, the worker and the control tower, started together and stopped together."""

import asyncio
from contextlib import AsyncExitStack

import click

from tollfree.cli.opened import print_json_line, program, settings_of
from tollfree.wiring.livekit_settings import LiveKitSettings, WorkerSettings
from tollfree.wiring.settings import Settings
from tollfree.worker.control_tower import Down, Reached, control_tower
from tollfree.worker.stack import Stack, stack
from tollfree.worker.stop import first, stop_on_signals


@click.command("up")
@click.option("--json", "as_json", is_flag=True, help="One JSON line for each thing that happens, for programs.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Start what is configured, and stop it all on Ctrl-C or SIGTERM.

    Once: no new calls, and an end when those that run are over. Twice: an end at once.

    The control tower (dashboard and API) is started again whenever it dies; calls go on without it.

    Without TOLLFREE_LIVEKIT_URL a LiveKit server of our own is started, which only this machine can reach.
    """
    asyncio.run(_up(settings_of(ctx), as_json))


async def _up(settings: Settings, as_json: bool) -> None:
    livekit, worker = LiveKitSettings(), WorkerSettings()
    stop = stop_on_signals()
    what = "a worker" if livekit.url else "LiveKit and a worker"
    _say(as_json, "starting", f"Starting {what}, which loads the models …")
    async with AsyncExitStack() as opened:
        starting = asyncio.ensure_future(
            opened.enter_async_context(stack(livekit, worker, home=settings.home, cache=settings.cache))
        )
        await first(starting, stop.drain)
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            _say(as_json, "stopping", "Stopping …")
        else:
            running = starting.result()
            _tell(running, livekit, worker, settings, as_json)
            await opened.enter_async_context(
                control_tower(running.livekit, lambda news: _tell_of_tower(news, as_json), home=settings.home)
            )
            words = "Stopping; calls that run may finish. Ctrl-C again ends them …"
            await running.run(stop, lambda: _say(as_json, "stopping", words))
    _say(as_json, "stopped", "Stopped.")


def _tell(running: Stack, livekit: LiveKitSettings, worker: WorkerSettings, settings: Settings, as_json: bool) -> None:
    if as_json:
        print_json_line(
            {
                "type": "ready",
                "livekit": running.livekit.url,
                "ours": not livekit.url,
                "agent": worker.name,
                "max_calls": worker.max_calls,
                "worker_pid": running.worker.pid,
                "home": str(settings.home),
            }
        )
        return
    whose = "" if livekit.url else "  (ours, on this machine alone; its keys are in livekit/keys.json)"
    click.echo(f"LiveKit   {running.livekit.url}{whose}")
    click.echo(f"Worker    takes calls as {worker.name}, up to {worker.max_calls} at once")
    click.echo(f"Home      {settings.home}  (logs: livekit/server.log, worker/worker.log, server/server.log)")
    click.echo(
        f"\nCtrl-C stops it all, once calls that run are over. Place a call from another terminal: {program()} demo"
    )


def _tell_of_tower(news: Reached | Down, as_json: bool) -> None:
    if isinstance(news, Down):
        if as_json:
            print_json_line({"type": "dashboard_down", "why": news.why, "again_in_s": news.again_in_s})
        else:
            click.echo(
                f"The dashboard is down, calls go on: {news.why}\nTrying again in {news.again_in_s:g} s.", err=True
            )
        return
    if as_json:
        print_json_line({"type": "dashboard", "url": news.url, "first": news.first, "pid": news.pid})
        return
    click.echo(f"Dashboard {news.url}")
    if news.first:
        click.echo(f"          Nobody can sign in yet. Make the first admin here, once: {news.first}")


def _say(as_json: bool, kind: str, words: str) -> None:
    if as_json:
        print_json_line({"type": kind})
    else:
        click.echo(words)
