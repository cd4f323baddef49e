"""`tollfree route`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.fakes.scripted_models import Script, ScriptedModels

BUDGETS = "first_token_budget_ms: 60000, next_token_budget_ms: 60000, whole_budget_ms: 120000"


@pytest.fixture
def models() -> Iterator[ScriptedModels]:
    with ScriptedModels() as server:
        yield server


@pytest.fixture
def home(shell: Shell, models: ScriptedModels) -> Shell:
    shell.home.mkdir()
    (shell.home / "routes.yaml").write_text(f"""
routes:
  fast: {{base_url: "{models.base_url}", model: qwen3, dialect: vllm, hedge_ms: 300, {BUDGETS}}}
  smart: {{base_url: "{models.base_url}", model: glm, api_key_env: GLM_KEY, {BUDGETS}}}
chains: {{default: [fast, smart]}}
""")
    return shell


def test_without_a_file_it_says_that_calls_go_without_a_language_model(shell: Shell) -> None:
    assert "without a language model" in shell.ok("route", "list").out
    ran = shell("route", "check")
    assert (ran.code, "no routes in" in ran.err) == (1, True)


def test_routes_and_chains_are_listed_and_nobody_is_asked(home: Shell, models: ScriptedModels) -> None:
    out = home.ok("route", "list").out
    assert "qwen3  vllm at" in out and "hedge after 300 ms" in out
    assert "key in GLM_KEY (which is not set here)" in out
    assert "default     fast → smart" in out and "smart       smart → fast" in out
    listed = home.ok("route", "list", "--json").json
    assert listed["chains"]["default"] == ["fast", "smart"]
    assert listed["routes"]["smart"]["model"] == "glm"
    assert models.asked == []


def test_each_route_is_asked_for_words_and_a_choice(home: Shell, models: ScriptedModels) -> None:
    models.always("qwen3", Script(words=("Good ", "morning", "."), each_ms=20))
    models.by(lambda asked: Script() if asked.schema else None)
    ran = home.ok("route", "check")
    assert "good  fast" in ran.out and "tokens/s" in ran.out and "a choice in" in ran.out
    assert [one.model for one in models.asked] == ["qwen3", "qwen3", "glm", "glm"]
    assert models.asked[0].body["priority"] == 10


def test_a_route_that_fails_is_told_with_its_remedy_and_fails_the_command(home: Shell, models: ScriptedModels) -> None:
    models.always("glm", Script(status=401))
    ran = home("route", "check", "--json", env={"GLM_KEY": "sk-secret"})
    fast, smart = ran.json
    assert (ran.code, fast["good"], smart["good"], smart["code"]) == (1, True, False, "http_401")
    assert "api_key_env" in smart["fault"] and "sk-secret" not in ran.out + ran.err
    assert fast["first_ms"] > 0 and fast["late"] is False


def test_one_that_does_not_keep_to_the_schema_fails(home: Shell, models: ScriptedModels) -> None:
    models.always("qwen3", Script(words=("They want to return it.",)))
    ran = home("route", "check", "fast")
    assert (ran.code, "does not keep to a schema" in ran.out) == (1, True)


def test_a_route_that_is_not_there_is_told_with_those_that_are(home: Shell) -> None:
    ran = home("route", "check", "fats")
    assert ran.code != 0 and "there are fast, smart" in ran.err


def test_every_fault_of_the_file_is_told(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "models.yaml"
    file.write_text("routes: {fast: {modle: x}}")
    ran = shell("route", "list", env={"TOLLFREE_ROUTES_FILE": str(file)})
    assert ran.code == 1
    assert str(file) in ran.err and "routes.fast.modle" in ran.err and "routes.fast.base_url" in ran.err
