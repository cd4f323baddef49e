"""Which language model is asked in a call: by the intent that is served, by the agent's table, from the next call on;
and a call in which none answers goes on without."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from tests.fakes.scripted_models import Asked, Script, ScriptedModels
from tests.flows.driven import flow_of
from tollfree.calls.lines.script import ScriptLine, read_script
from tollfree.calls.project import AgentSettings, ProjectSettings
from tollfree.calls.publishing import publish
from tollfree.calls.replay import replay_call
from tollfree.calls.session import CallSummary
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.clock import Clock
from tollfree.protocol.ids import FlowId, ProjectId
from tollfree.protocol.usage import Used
from tollfree.wiring.office import Office
from tollfree.wiring.placing import Wanted
from tollfree.wiring.settings import Settings

SHOP, MAIN = ProjectId("shop"), FlowId("made")
QWEN, GLM = "Qwen/Qwen3-30B-A3B", "zai-org/GLM-4.5-Air"
TALK: dict[str, Any] = {
    "kind": "talk",
    "goal": "Find out what is wrong.",
    "outcomes": {"done": "it is clear"},
    "exits": dict.fromkeys(("done", "gave_up", "failed", "silent"), "bye"),
}


def document() -> dict[str, Any]:
    intents = {
        "status": {"phrases": ["status"], "examples": ["where is my order"], "route": "fast"},
        "return": {"phrases": ["return"], "examples": ["send it back"], "route": "smart"},
    }
    exits = {"status": "talk", "return": "talk", "unclear": "bye", "silent": "bye"}
    reason = {"kind": "intent", "ask": "What is it?", "intents": intents, "attempts": 1, "exits": exits}
    return flow_of({"reason": reason, "talk": TALK})


def _talks(asked: Asked) -> Script | None:
    """Talks are over at once; choices are what the test scripts."""
    properties = (asked.schema or {}).get("properties", {})
    return Script(words=(json.dumps({"say": "I see.", "exit": "done"}),)) if "say" in properties else None


def write_routes(home: Path, models: ScriptedModels, **more: Any) -> None:
    budgets = {"first_token_budget_ms": 20_000, "next_token_budget_ms": 20_000, "whole_budget_ms": 30_000}
    routes = {
        "fast": {"base_url": models.base_url, "model": QWEN, "dialect": "vllm", **budgets},
        "smart": {"base_url": models.base_url, "model": GLM, "dialect": "vllm", **budgets},
    }
    home.mkdir(parents=True, exist_ok=True)
    (home / "routes.yaml").write_text(yaml.safe_dump({"routes": routes, "chains": {"default": ["fast"]}, **more}))


Test: TypeAlias = Callable[[Office, ScriptedModels], Awaitable[None]]


def in_a_shop(tmp_path: Path) -> Callable[[Test], None]:
    """Runs a test with a published shop and a server of models, on a clock that stands still while these work."""

    def run(test: Test) -> None:
        async def main(clock: Clock) -> None:
            settings = Settings(home=tmp_path / "home", cache=tmp_path / "cache")
            with ScriptedModels() as models:
                models.by(_talks)
                async with await Office.open(settings, clock) as opened:
                    shop = ProjectSettings(name="The Shop", agents={"main": AgentSettings(flow=MAIN)})
                    await opened.store.projects.new(SHOP, name="The Shop", settings=shop.model_dump(mode="json"))
                    await opened.store.drafts.save(SHOP, MAIN, document(), expected_revision=0)
                    await publish(opened.store, SHOP, MAIN, opened.embedder)
                    await test(opened, models)

        run_virtually(main)

    return run


@pytest.fixture
def shop(tmp_path: Path) -> Callable[[Test], None]:
    return in_a_shop(tmp_path)


async def call(office: Office, *turns: str, meter: list[Used] | None = None) -> tuple[CallSummary, list[str]]:
    told: list[str] = []
    line = ScriptLine(
        read_script("it", "\n".join(turns)), lambda who, text: told.append(text) if who == "agent" else None
    )
    placed = await office.place(Wanted(project=SHOP), line.name)
    used = meter if meter is not None else []
    return await office.carry(placed, line, meter=used.append), told


async def set_table(office: Office, **table: str) -> None:
    agent = AgentSettings(flow=MAIN, routes=table)
    shop = ProjectSettings(name="The Shop", agents={"main": agent})
    await office.store.projects.save_settings(SHOP, shop.model_dump(mode="json"))


def talked_to(models: ScriptedModels) -> list[str]:
    """Models that were asked for a line of a talk, in order."""
    return [one.model for one in models.asked if "say" in (one.schema or {}).get("properties", {})]


def test_each_intent_is_served_by_its_own_model_and_the_table_changes_that_for_the_next_call(shop: Any) -> None:
    async def test(office: Office, models: ScriptedModels) -> None:
        write_routes(office.settings.home, models)
        summary, told = await call(office, "status")
        assert summary.path[:2] == ("reason.status", "talk.done") and "I see." in told
        await call(office, "return")
        assert talked_to(models) == [QWEN, GLM]
        await set_table(office, status="smart")
        await call(office, "status")
        assert talked_to(models) == [QWEN, GLM, GLM]

    shop(test)


def test_routes_that_appear_while_the_process_runs_count_for_the_next_call(shop: Any) -> None:
    async def test(office: Office, models: ScriptedModels) -> None:
        summary, _ = await call(office, "status")
        assert summary.path[1] == "talk.failed"
        write_routes(office.settings.home, models)
        assert (await call(office, "status"))[0].path[1] == "talk.done"

    shop(test)


def test_unsure_words_are_put_to_the_model_and_its_choice_is_in_the_log(shop: Any) -> None:
    async def test(office: Office, models: ScriptedModels) -> None:
        write_routes(office.settings.home, models)
        models.once(Script(words=('{"choice": "return", ', '"slots": {}}')), model=QWEN)
        used: list[Used] = []
        summary, _ = await call(office, "the thing is no good to anybody like this", meter=used)
        assert summary.path[0] == "reason.return"
        tokens = [e.record async for e in office.store.log.stream(summary.call) if e.record.kind == "token"]
        assert tokens[0].data["decided_by"] == "model:fast"
        assert [(one.purpose, one.engine, one.came_to) for one in used][:1] == [("choose", "fast", "used")]
        assert (await replay_call(office.store, summary.call)).differences == ()

    shop(test)


@pytest.mark.parametrize("words", ['{"choice": "elsewhere", "slots": {}}', "return", "{", '{"choice": "none"}'])
def test_rubbish_leaves_the_caller_unclear_and_nothing_worse(shop: Any, words: str) -> None:
    async def test(office: Office, models: ScriptedModels) -> None:
        write_routes(office.settings.home, models)
        models.once(Script(words=(words,)), model=QWEN)
        summary, _ = await call(office, "the thing is no good to anybody like this")
        assert summary.path[0] == "reason.unclear"

    shop(test)
