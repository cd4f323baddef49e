"""`tollfree engines bench`, on routes to a scripted server."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.fakes.scripted_models import Script, ScriptedModels
from tollfree.cli.engines_bench import command, machine_of


def bench(home: Path, *words: str) -> Result:
    return CliRunner().invoke(command, ["--only", "llm", "--seconds", "0.2", *words], obj=str(home))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def routes(home: Path, url: str) -> None:
    (home / "routes.yaml").write_text(f'routes: {{fast: {{base_url: "{url}", model: qwen3}}}}')


def test_a_table_says_on_what_machine_how_many_calls_were_answered_how_fast(home: Path) -> None:
    with ScriptedModels() as models:
        models.always("qwen3", Script(words=("Sa", "lad."), completion_tokens=2))
        routes(home, models.base_url)
        ran = bench(home, "--at-once", "1", "--at-once", "4")
    assert ran.exit_code == 0, ran.output
    lines = ran.stdout.splitlines()
    assert " cores, " in lines[0] and "Python" in lines[1] and "tollfree" in lines[2]
    assert [line.split()[:4] for line in lines[5:]] == [
        ["fast", "(qwen3)", "llm", "1"],
        ["fast", "(qwen3)", "llm", "4"],
    ]
    assert all(line.endswith("tokens") for line in lines[5:])
    assert len({asked.last for asked in models.asked}) == len(models.asked), "nothing can come from a cache"


def test_the_same_as_json_names_no_machine(home: Path) -> None:
    with ScriptedModels() as models:
        routes(home, models.base_url)
        ran = bench(home, "--at-once", "2", "--json")
    found = json.loads(ran.stdout)
    [measured] = found["measured"]
    assert measured["done"] >= 2 and measured["first_p50_ms"] > 0 and measured["failed"] == 0
    assert set(found["machine"]) == {
        "processor",
        "architecture",
        "cores",
        "memory_gb",
        "gpus",
        "system",
        "python",
        "versions",
    }
    assert found["machine"]["python"] == machine_of({})["python"]


def test_an_engine_that_refuses_is_told_and_fails_the_command(home: Path) -> None:
    with ScriptedModels() as models:
        models.always("qwen3", Script(status=500))
        routes(home, models.base_url)
        ran = bench(home, "--at-once", "1")
    assert ran.exit_code == 1 and "not measured: fast (qwen3) at 1: http_500" in ran.stdout


def test_nothing_to_measure_fails_the_command(home: Path) -> None:
    assert bench(home).exit_code == 1
