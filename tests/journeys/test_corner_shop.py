"""The corner shop's callers, from the first hello to the last exit token."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import TypeAdapter

from tests.examples.conftest import SHOP, TODAY, running
from tests.journeys.corner_shop import MODES, backends, play_twice, scripts
from tollfree.calls.log import EFFECT, EVENT, TOKEN
from tollfree.protocol.values import Value

ROOT = Path(__file__).parents[2]
SUMMARY = ("call_id", "outcome", "path")
"""Fields of the last line that no event has."""
LINE_ONLY = {"token": ("type",), "effect": ("at",)}
"""Fields of a line that its token or effect has not."""
ADAPTERS: dict[str, TypeAdapter[object]] = {"event": EVENT, "effect": EFFECT, "token": TOKEN}


def tollfree(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it, with a home of its own."""
    program = [str(Path(sys.executable).parent / "tollfree"), "--home", str(home), *arguments]
    return subprocess.run(program, capture_output=True, text=True, timeout=120, cwd=ROOT, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Value]]:
    """A home in which the demo ran once, and what it reported."""
    home = tmp_path_factory.mktemp("home")
    done = tollfree(home, "demo", "--once", "--typed", "--json", "--port", "0")
    assert done.returncode == 0, done.stderr
    return home, json.loads(done.stdout)


def test_every_caller_says_where_their_call_goes_and_how_it_ends() -> None:
    for script in scripts():
        assert script.path, f"{script.name} has no path"
        assert script.directives.get("outcome"), f"{script.name} has no outcome"
        assert script.directives.get("title"), f"{script.name} has no title"
        assert script.directives.get("backend", "") in MODES, script.name
    assert len(scripts()) >= 28


async def test_every_caller_is_served_as_written_twice_alike_and_replays_to_the_same_state(
    demo: tuple[Path, dict[str, Value]],
) -> None:
    home, _ = demo
    with backends() as ports:
        played = await play_twice(home, ports)
    problems = {name: calls[0].problems + calls[1].problems for name, calls in played.items()}
    assert {name: found for name, found in problems.items() if found} == {}
    unlike = [name for name, (first, second) in played.items() if first.records != second.records]
    assert unlike == []
    assert len(played) == len(scripts())


def test_the_demo_sets_the_shop_up_and_reports_its_call(demo: tuple[Path, dict[str, Value]]) -> None:
    _, report = demo
    assert report["as_written"] is True and report["outcome"] == "served"
    path = report["path"]
    assert isinstance(path, list) and path[0] == "welcome.said"


def test_a_call_by_command_prints_its_log_a_line_each_and_ends_with_its_path(
    demo: tuple[Path, dict[str, Value]], tmp_path: Path
) -> None:
    home, _ = demo
    caller = tmp_path / "caller.txt"
    caller.write_text("I want to talk to a human\nI'd rather not say\n", encoding="utf-8")
    done = tollfree(home, "call", "corner-shop", "--script", str(caller), "--json")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["seq"] for line in lines] == list(range(len(lines)))
    for line in lines:
        own = {"seq", "kind", *LINE_ONLY.get(line["kind"], ()), *(SUMMARY if line is lines[-1] else ())}
        ADAPTERS[line["kind"]].validate_python({name: value for name, value in line.items() if name not in own})
    assert lines[-1]["type"] == "call_ended"
    assert lines[-1]["outcome"] == "nobody"
    assert lines[-1]["path"][:3] == ["welcome.said", "connect.failed", "sorry.said"]
    replayed = tollfree(home, "calls", "replay", lines[-1]["call_id"])
    assert replayed.returncode == 0, replayed.stdout


def test_a_taken_port_is_named_and_nothing_is_started(tmp_path: Path) -> None:
    with running("--today", TODAY) as other:
        port = str(urlsplit(other.url).port)
        done = tollfree(tmp_path, "demo", "--once", "--port", port)
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("flow", sorted(file.stem for file in (SHOP / "flows").glob("*.yaml")))
def test_the_shops_flows_have_no_faults(flow: str, tmp_path: Path) -> None:
    done = tollfree(tmp_path, "flow", "check", str(SHOP / "flows" / f"{flow}.yaml"), "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
