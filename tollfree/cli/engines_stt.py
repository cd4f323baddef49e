"""`tollfree engines stt`: speech to text as a server."""

import asyncio
from typing import Any

import click

from tollfree.cli.opened import read_settings, settings_of


@click.command("stt", short_help="Serve speech to text to many calls.")
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), help="The port; 0: any free one.")
@click.option("--model", help="A Whisper of `tollfree models list`, or a folder with one for CTranslate2.")
@click.option("--language", help="What callers speak, such as `en`; `auto`: it is detected.")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), help="Where the model runs.")
@click.option("--compute-type", type=click.Choice(["int8", "float16", "int8_float16", "float32"]))
@click.pass_context
def command(ctx: click.Context, **given: Any) -> None:
    """Serve speech to text to many calls, over WebSocket (/v1/hear) and OpenAI's endpoint.

    Every setting is an environment variable TOLLFREE_STT_SERVER_…; the options here go before them. Runs until SIGTERM
    or Ctrl-C; turns that are being heard then are finished.
    """
    # the web framework and the model's libraries, which no other command pays for
    from tollfree.network.http_server import stop_on_signals
    from tollfree.serving.stt.settings import SttServerSettings
    from tollfree.serving.stt.stt_app import SttServer, loaded
    from tollfree.worker.log_lines import log_to_stderr

    log_to_stderr()
    settings = read_settings(SttServerSettings, "The settings TOLLFREE_STT_SERVER_…", given)
    settings.check()
    server = SttServer(settings, loaded(settings, settings_of(ctx).cache))

    async def run() -> None:
        await server.run(stop_on_signals(), lambda url: click.echo(f"speech to text at {url}"))

    asyncio.run(run())
