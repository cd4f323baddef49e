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

from tollfree.calls.bundle import make_bundle
from tollfree.calls.project import ProjectFolder, read_folder
from tollfree.calls.publishing import drafts_of, load_folder, project_parts, publish
from tollfree.calls.store.document import digest
from tollfree.flows.compile import compile_or_raise
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
        raise NoShop(f"The shop's backend needs {' and '.join(missing)}; run `uv sync --group example`.")
    if port and _taken(port):
        raise NoShop(
            f"Port {port} is taken, perhaps by another demo. Stop that, or choose another port: "
            "`tollfree demo --port 0` takes any free one."
        )
    program = [sys.executable, str(folder / "backend" / "serve.py"), "--port", str(port), "--sandbox"]
    process = await asyncio.create_subprocess_exec(
        *program, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, start_new_session=True
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


async def bring_up_to_date(office: Office, folder: Path, port: int) -> tuple[str, ...]:
    """Make the project in this home, or bring it up to date. Publishes the flows that answer calls, where that
    makes another version, and returns them."""
    read = shop_at(read_folder(folder), port)
    known = {project.id for project in await office.store.projects.list()}
    settings = read.settings.model_dump(mode="json")
    if PROJECT in known:
        await office.store.projects.save_settings(PROJECT, settings)
    else:
        await office.store.projects.new(PROJECT, name=read.settings.name, settings=settings)
    await load_folder(office.store, PROJECT, read)
    answering = dict.fromkeys(FlowId(agent.flow) for agent in read.settings.agents.values())
    stale = [flow for flow in answering if await _stale(office, flow)]
    for flow in stale:
        await publish(office.store, PROJECT, flow, office.embedder)
    return tuple(stale)


async def _stale(office: Office, flow: FlowId) -> bool:
    """Whether publishing the flow's draft would make another version than the one in use."""
    if await office.store.versions.published_number(PROJECT, flow) is None:
        return True
    drafts = await drafts_of(office.store, PROJECT)
    library = (await project_parts(office.store, PROJECT)).library
    bundle = make_bundle(compile_or_raise(drafts[flow], library, drafts), drafts)
    return digest(bundle) != (await office.store.versions.published(PROJECT, flow)).info.sha256


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
