"""The corner shop as the demo needs it: its folder in the checkout, its backend as a process, its project in a home.

TollfreeError
└── NoShop   the example, what its backend needs, or its port is not to be had
"""

import asyncio
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from tollfree.calls.loading import load_project, new_project
from tollfree.calls.project import ProjectFolder, read_folder
from tollfree.calls.publishing import is_stale, publish, run_first
from tollfree.protocol.errors import TollfreeError
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.wiring.office import Office

PROJECT = ProjectId("corner-shop")
PORT = 8710
"""Where the example's tools expect the backend."""
HOST = "127.0.0.1"
NEEDED = ("starlette", "uvicorn")
"""What the backend is made of: the dependency group `example`."""
STOPPING_S = 5.0
"""Seconds the backend has to stop before it is killed."""


class NoShop(TollfreeError):
    """The corner shop cannot be opened here."""

    code = "no_shop"


def shop_folder() -> Path:
    """The example's folder. Raises `NoShop` where tollfree does not run from a checkout."""
    folder = Path(__file__).parents[2] / "examples" / "corner-shop"
    if not (folder / "project.yaml").is_file():
        raise NoShop(f"The corner shop is not here: {folder} does not exist. The demo runs from a clone of tollfree.")
    return folder


def shop_at(folder: ProjectFolder, port: int) -> ProjectFolder:
    """The project with its tools pointed at another port."""
    usual, here = f"{HOST}:{PORT}", f"{HOST}:{port}"
    tools = tuple(tool.model_copy(update={"url": tool.url.replace(usual, here, 1)}) for tool in folder.tools)
    hosts = tuple(here if host == usual else host for host in folder.settings.allowed_hosts)
    return replace(folder, settings=folder.settings.model_copy(update={"allowed_hosts": hosts}), tools=tools)


@asynccontextmanager
async def backend(folder: Path, port: int) -> AsyncGenerator[int]:
    """The shop's backend on loopback, a fresh shop for every call; yields its port (0 takes any free one).

    Raises `NoShop` when it cannot start.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise NoShop(f"The shop's backend needs {' and '.join(missing)}; run `uv sync`.")
    if port and _taken(port):
        raise NoShop(
            f"Port {port} is taken, perhaps by another demo. Stop that, or choose another port: "
            "`scripts/demo --port 0` takes any free one."
        )
    program = [sys.executable, str(folder / "backend" / "serve.py"), "--port", str(port), "--sandbox", "--attached"]
    pipe = asyncio.subprocess.PIPE  # its input ends with this process, however that ends, and so does the backend
    process = await asyncio.create_subprocess_exec(
        *program, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
    )
    assert process.stdout is not None and process.stderr is not None
    try:
        announced = (await process.stdout.readline()).decode().strip()
        _, _, listening = announced.rpartition(":")
        if not listening.isdecimal():
            why = (await process.stderr.read()).decode(errors="replace").strip().splitlines()
            raise NoShop(f"The shop's backend did not start. {why[-1] if why else 'It said nothing.'}")
        yield int(listening)
    finally:
        await _stop(process)


async def bring_up_to_date(office: Office, folder: Path, port: int) -> dict[FlowId, int | None]:
    """Make the project in this home, or bring it up to date. Publishes the flows that answer calls, and sub-flows that
    were published before, where that makes another version: these, each with the version that it took the place of."""
    read = shop_at(read_folder(folder), port)
    known = {project.id for project in await office.store.projects.list()}
    load = load_project if PROJECT in known else new_project
    await load(office.store, PROJECT, read)
    answering = {agent.flow for agent in read.settings.agents.values()}
    before = {flow.name: flow.published for flow in await office.store.flows.list(PROJECT)}
    published = {flow for flow, number in before.items() if number is not None}
    wanted = [flow for flow in run_first(read.flows) if flow in answering | published]
    return {flow: before.get(flow) for flow in wanted if await _publish(office, flow)}


async def _publish(office: Office, flow: FlowId) -> bool:
    """Publish a flow where that makes another version than the one in use."""
    if not await is_stale(office.store, PROJECT, flow, office.embedder):
        return False
    await publish(office.store, PROJECT, flow, office.embedder)
    return True


def _taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOPPING_S)
        except TimeoutError:
            process.kill()
            await process.wait()
