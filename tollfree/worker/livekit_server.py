"""A LiveKit server of our own: a child process on loopback, with keys that are made for this installation."""

import asyncio
import json
import os
import secrets
import shutil
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tollfree.calls.phone.server import LiveKitServer
from tollfree.wiring.livekit_settings import LiveKitSettings
from tollfree.worker.child import child, last_words
from tollfree.worker.errors import NoServerProgram, NotStarted
from tollfree.worker.ports import LOOPBACK, free_ports

VERSION = "1.13.5"
"""The version that set-up builds, and that this project is tested with."""
COME_UP_S = 20.0
"""Seconds the server may take to answer; it takes a fifth of one."""
STOP_S = 5.0
STARTS = 3
"""Times the server is started when a port it was given is taken in the same moment."""
_PORT_TAKEN = "address already in use"
KEY = "tollfree"


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A LiveKit server that we started."""

    process: asyncio.subprocess.Process
    log: Path

    async def died(self) -> str:
        """Wait until it ends by itself: how, and its last words."""
        code = await self.process.wait()
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        return (
            f"The LiveKit server ended by itself ({how}), and all calls with it. Start `tollfree up` again. The end of "
            f"{self.log}:\n{last_words(self.log)}"
        )


@asynccontextmanager
async def livekit_server(settings: LiveKitSettings, *, home: Path, cache: Path) -> AsyncGenerator[LiveKitServer]:
    """The server that is configured, or one of our own for as long as this lasts. Raises `WorkerError`."""
    async with watched_server(settings, home=home, cache=cache) as (server, _):
        yield server


@asynccontextmanager
async def watched_server(
    settings: LiveKitSettings, *, home: Path, cache: Path
) -> AsyncGenerator[tuple[LiveKitServer, OwnServer | None]]:
    """As `livekit_server`, with its process, to be watched; None: it is not ours."""
    if settings.url:
        secret = settings.api_secret.get_secret_value()
        yield LiveKitServer(url=settings.url, key=settings.api_key, secret=secret), None
        return
    program = server_program(settings, cache)
    folder = home / "livekit"
    secret = await asyncio.to_thread(_secret, folder / "keys.json")
    log = folder / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The key goes by the environment: a command line can be read by everybody on the machine.
    environ = {**os.environ, "LIVEKIT_KEYS": f"{KEY}: {secret}"}
    async with AsyncExitStack() as opened:
        url, process = "", None
        for left in reversed(range(STARTS)):
            signal, udp = free_ports(settings.port)
            url = f"{LOOPBACK}:{signal}"
            await asyncio.to_thread(log.write_bytes, b"")
            command = [str(program), "--config-body", _config(signal, udp)]
            running = child(command, log=log, known=home / "children", stop_s=STOP_S, environ=environ)
            try:  # what fails while the server runs, a timeout of the caller's for one, is no fault of its start
                process = await opened.enter_async_context(running)
            except OSError as error:
                raise NotStarted(f"The LiveKit server {program} cannot be started: {error}.") from error
            try:
                await _answers(process, f"http://{url}", log)
                break
            except NotStarted as error:
                if not left or _PORT_TAKEN not in error.message:  # taken between the look and the start
                    raise
        assert process is not None
        yield LiveKitServer(url=f"ws://{url}", key=KEY, secret=secret), OwnServer(process, log)


def server_program(settings: LiveKitSettings, cache: Path) -> Path:
    """Where the server's program is. Raises `NoServerProgram`."""
    if settings.server:
        if os.access(settings.server, os.X_OK):
            return Path(settings.server)
        raise NoServerProgram(f"TOLLFREE_LIVEKIT_SERVER names {settings.server}, which is no program.")
    built = cache / "livekit" / VERSION / "server"
    if os.access(built, os.X_OK):
        return built
    if (found := shutil.which("livekit-server")) is not None:
        return Path(found)
    raise NoServerProgram(
        f"There is no LiveKit server on this machine: neither {built} nor livekit-server on the PATH. Run "
        "scripts/livekit, which builds one with Go; or set TOLLFREE_LIVEKIT_URL, _API_KEY and _API_SECRET to a "
        "server that runs elsewhere."
    )


def _secret(file: Path) -> str:
    """This installation's secret, made when it is first needed. Only the user may read it."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return str(json.loads(file.read_text())[KEY])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        secret = secrets.token_urlsafe(36)
        draft = file.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({KEY: secret}))
        os.replace(draft, file)
        return secret


def _config(signal: int, udp: int) -> str:
    """The server's configuration: reachable from this machine alone. For sound over TCP it would listen on every
    address, whatever it is told; on loopback nothing keeps UDP from coming."""
    return json.dumps(
        {
            "port": signal,
            "bind_addresses": [LOOPBACK],
            "rtc": {
                "tcp_port": 0,
                "udp_port": udp,
                "use_external_ip": False,
                "node_ip": LOOPBACK,
                "interfaces": {"includes": ["lo", "lo0"]},
                "enable_loopback_candidate": True,
            },
            "room": {"empty_timeout": 30, "departure_timeout": 10},
            "logging": {"level": "warn", "json": True},
        }
    )


async def _answers(process: asyncio.subprocess.Process, url: str, log: Path) -> None:
    """Wait until the server answers. Raises `NotStarted`."""
    async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
        for _ in range(int(COME_UP_S / 0.05)):
            if process.returncode is not None:
                raise NotStarted(
                    f"The LiveKit server ended as it started (exit code {process.returncode}):\n{last_words(log)}"
                )
            try:
                if (await client.get(url)).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise NotStarted(f"The LiveKit server did not answer at {url} within {COME_UP_S:.0f} s; see {log}.")
