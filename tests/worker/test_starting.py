"""What `tollfree up` starts: a server of our own, ports, one at a time, nothing left over."""

import asyncio
import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from tests.fakes.patience import PATIENCE_S
from tollfree.wiring.livekit_settings import LiveKitSettings
from tollfree.wiring.settings import Settings
from tollfree.worker.errors import AlreadyRunning, HomeUnwritable, NoServerProgram, NotStarted, PortsTaken
from tollfree.worker.left_over import end_left_over, remembered
from tollfree.worker.livekit_server import livekit_server, server_program
from tollfree.worker.only_one import only_one_up
from tollfree.worker.ports import TRIES, free_ports
from tollfree.worker.process import drained

OURS = LiveKitSettings(url="", port=0)


@pytest.fixture
def program() -> Path:
    try:
        return server_program(OURS, Settings().cache)
    except NoServerProgram as missing:
        pytest.skip(missing.message)


def script(folder: Path, text: str) -> LiveKitSettings:
    """A program in place of the server's."""
    file = folder / "server"
    file.write_text(f"#!{sys.executable}\n{text}\n")
    file.chmod(0o755)
    return LiveKitSettings(url="", port=0, server=str(file))


def waiting_child() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


@pytest.mark.livekit
async def test_our_own_server_answers_on_loopback_and_is_gone_afterwards(program: Path, tmp_path: Path):
    async with livekit_server(OURS, home=tmp_path, cache=Settings().cache) as server:
        url = server.url.replace("ws://", "http://")
        assert url.startswith("http://127.0.0.1:")
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(url)).is_success
        (child,) = [one for one in psutil.Process().children() if one.exe() == str(program)]
        assert {place.laddr.ip for place in child.net_connections() if place.laddr} == {"127.0.0.1"}
    assert not child.is_running()
    assert list((tmp_path / "children").iterdir()) == []


@pytest.mark.livekit
async def test_what_fails_while_the_server_runs_is_not_told_as_a_fault_of_its_start(program: Path, tmp_path: Path):
    with pytest.raises(TimeoutError, match="of mine"):
        async with livekit_server(OURS, home=tmp_path, cache=Settings().cache):
            raise TimeoutError("of mine")


@pytest.mark.livekit
async def test_keys_are_made_once_and_only_we_may_read_them(program: Path, tmp_path: Path):
    async with livekit_server(OURS, home=tmp_path, cache=Settings().cache) as first:
        pass
    async with livekit_server(OURS, home=tmp_path, cache=Settings().cache) as second:
        pass
    assert first.secret == second.secret
    assert len(first.secret) >= 32
    assert stat.S_IMODE((tmp_path / "livekit" / "keys.json").stat().st_mode) == 0o600
    assert first.secret not in repr(first)


@pytest.mark.livekit
async def test_the_secret_is_on_no_command_line(program: Path, tmp_path: Path):
    async with livekit_server(OURS, home=tmp_path, cache=Settings().cache) as server:
        (child,) = [one for one in psutil.Process().children() if one.exe() == str(program)]
        assert server.secret not in " ".join(child.cmdline())


async def test_a_server_that_is_configured_is_used_as_it_is(tmp_path: Path):
    settings = LiveKitSettings(url="wss://livekit.example", api_key="key", api_secret="secret")
    async with livekit_server(settings, home=tmp_path, cache=tmp_path) as server:
        assert (server.url, server.key, server.secret) == ("wss://livekit.example", "key", "secret")
    assert os.listdir(tmp_path) == []


def test_a_missing_program_is_told_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoServerProgram, match="scripts/livekit"):
        server_program(OURS, tmp_path)
    with pytest.raises(NoServerProgram, match="which is no program"):
        server_program(LiveKitSettings(server=str(tmp_path / "nothing")), tmp_path)


async def test_a_server_that_ends_as_it_starts_is_told_with_its_last_words(tmp_path: Path):
    settings = script(tmp_path, "import sys; sys.exit('no room on this disk')")
    with pytest.raises(NotStarted, match="no room on this disk"):
        async with livekit_server(settings, home=tmp_path / "home", cache=tmp_path):
            pass


def test_taken_ports_are_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        signal, *_ = free_ports(port)
        assert port < signal < port + TRIES


def test_no_free_port_at_all_is_a_plain_sentence():
    with socket.socket() as taken:
        try:
            taken.bind(("127.0.0.1", 65_535))
        except OSError:
            pass  # somebody else has it, which is as good
        with pytest.raises(PortsTaken, match="TOLLFREE_LIVEKIT_PORT"):
            free_ports(65_535)


def test_a_second_up_with_the_same_home_is_refused_with_the_first_ones_process(tmp_path: Path):
    with only_one_up(tmp_path), pytest.raises(AlreadyRunning, match=str(os.getpid())), only_one_up(tmp_path):
        pass
    with only_one_up(tmp_path):
        assert json.loads((tmp_path / "up.json").read_text()) == {"pid": os.getpid()}


def test_a_home_that_cannot_be_written_is_a_plain_sentence(tmp_path: Path):
    (tmp_path / "file").touch()
    home, said = tmp_path / "file" / "home", r"cannot be written: [^.]*\. Check .* set TOLLFREE_HOME"
    with pytest.raises(HomeUnwritable, match=said), only_one_up(home):
        pass


def test_what_an_earlier_up_left_behind_is_ended(tmp_path: Path):
    with waiting_child() as child:
        file = tmp_path / str(child.pid)
        file.write_text(repr(psutil.Process(child.pid).create_time()))
        assert end_left_over(tmp_path) == 1
        assert child.poll() is not None
        assert not file.exists()


def test_a_process_that_only_has_the_same_number_is_left_alone(tmp_path: Path):
    with waiting_child() as child:
        (tmp_path / str(child.pid)).write_text(repr(psutil.Process(child.pid).create_time() - 100))
        assert end_left_over(tmp_path) == 0
        assert child.poll() is None
        child.kill()


def test_a_child_is_remembered_only_while_it_runs(tmp_path: Path):
    with remembered(tmp_path, os.getpid()):
        assert [file.name for file in tmp_path.iterdir()] == [str(os.getpid())]
    assert os.listdir(tmp_path) == []


@pytest.mark.livekit
async def test_a_server_whose_starter_is_killed_ends_too(program: Path, tmp_path: Path):
    if sys.platform != "linux":
        pytest.skip("only Linux ends a child with its parent; elsewhere the next `up` does")
    text = (
        "import asyncio, psutil, pathlib\n"
        "from tollfree.wiring.livekit_settings import LiveKitSettings\n"
        "from tollfree.wiring.settings import Settings\n"
        "from tollfree.worker.livekit_server import livekit_server\n"
        "async def run():\n"
        f"    async with livekit_server(LiveKitSettings(url='', port=0), home=pathlib.Path({str(tmp_path)!r}), "
        "cache=Settings().cache):\n"
        "        print(psutil.Process().children()[0].pid, flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(run())\n"
    )
    starter = await asyncio.create_subprocess_exec(sys.executable, "-c", text, stdout=asyncio.subprocess.PIPE)
    assert starter.stdout is not None
    server = psutil.Process(int(await starter.stdout.readline()))
    starter.kill()
    await starter.wait()
    _, alive = await asyncio.to_thread(psutil.wait_procs, [server], PATIENCE_S)
    assert not alive or server.status() == psutil.STATUS_ZOMBIE


async def test_what_a_program_prints_goes_to_its_log_however_much_it_is(tmp_path: Path):
    log = tmp_path / "worker.log"
    log.write_bytes(b"before\n")
    code = "print('x' * 1_000_000)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        await drained(process.stdout, log)
        assert await process.wait() == 0
    assert log.read_bytes() == b"before\n" + b"x" * 1_000_000 + b"\n"
