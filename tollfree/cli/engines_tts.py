"""`tollfree engines tts`: voices as a server."""

import asyncio
from typing import Any

import click

from tollfree.cli.opened import read_settings, settings_of


@click.command("tts", short_help="Serve voices to many calls, over HTTP and WebSocket.")
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), help="The port; 0: any free one.")
@click.option("--voice", help="What speaks where a request names no voice.")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), help="Where Kokoro runs.")
@click.option("--at-once", type=click.IntRange(1, 64), help="Clauses that are rendered at the same time.")
@click.pass_context
def command(ctx: click.Context, **given: Any) -> None:
    """Serve voices to many calls, over WebSocket (/v1/speak) and OpenAI's endpoint.

    Every setting is an environment variable TOLLFREE_TTS_SERVER_…; the options here go before them. Runs until SIGTERM
    or Ctrl-C; texts that are being spoken then are finished.
    """
    # the web framework and the voices' libraries, which no other command pays for
    from tollfree.network.http_server import stop_on_signals
    from tollfree.serving.tts.settings import TtsServerSettings
    from tollfree.serving.tts.tts_app import TtsServer
    from tollfree.wiring.voice_choice import chosen_voice
    from tollfree.worker.log_lines import log_to_stderr

    log_to_stderr()
    chosen = read_settings(TtsServerSettings, "The settings TOLLFREE_TTS_SERVER_…", given)
    chosen.check()
    settings = settings_of(ctx)
    voice = chosen_voice(chosen.voice or settings.voice, settings.cache)
    server = TtsServer(chosen, settings.cache, voice)

    async def run() -> None:
        await server.run(stop_on_signals(), lambda url: click.echo(f"text to speech at {url}"))

    asyncio.run(run())
