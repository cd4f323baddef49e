"""`tollfree usage`: what calls used, and what that costs."""

import asyncio
from datetime import UTC, datetime, timedelta

from tests.cli.conftest import Shell
from tollfree.calls.store.calls import Call
from tollfree.calls.store.store import Store, default_url
from tollfree.calls.store.usage import UsageRow
from tollfree.protocol.ids import CallId, FlowId, ProjectId

AT = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
USED = (
    UsageRow(work="stt", engine="whisper:tiny.en", times=3, heard_s=12.0),
    UsageRow(work="llm", intent="order", engine="fast", model="Qwen3", times=2, prompt_tokens=2_000_000),
    UsageRow(work="tts", engine="kokoro:af_heart", characters=300, kept_characters=120),
    UsageRow(work="time", intent="order", seconds=60.0),
)
ROUTES = """
routes:
  fast: {base_url: "http://127.0.0.1:8000/v1", model: Qwen3, price: {prompt: 0.5}}
"""


def ended(shell: Shell, call: str, usage: tuple[UsageRow, ...] = USED) -> None:
    """A call of two minutes."""

    async def keep() -> None:
        async with await Store.open(default_url(shell.home)) as store:
            begun = Call(
                id=CallId(call),
                project=ProjectId("shop"),
                agent="main",
                flow=FlowId("made"),
                version=1,
                line="livekit",
                started_at=AT,
            )
            await store.calls.begin(begun)
            await store.calls.end(begun.id, ended_at=AT + timedelta(minutes=2), outcome="done", state={}, usage=usage)

    asyncio.run(keep())


def test_calls_minutes_tokens_and_costs_are_told_by_project(shop: Shell) -> None:
    ended(shop, "c1")
    ended(shop, "older", ())
    (shop.home / "routes.yaml").write_text(ROUTES)
    ran = shop("usage", env={"TOLLFREE_USAGE__PER_MINUTE_PRICE": "0.12", "TOLLFREE_USAGE__CURRENCY": "EUR"})
    lines = [line.split() for line in ran.out.splitlines()]
    assert ran.code == 0 and max(map(len, ran.out.splitlines())) <= 120
    assert lines[1] == ["shop", "2", "4.0", "12", "2000000", "0", "0", "300", "120", "1.0000", "0.48"]
    assert lines[2][0] == "total" and lines[2][1:] == lines[1][1:]
    assert ["fast", "Qwen3", "2", "0", "2000000", "0", "0"] in lines
    assert "tokens EUR  by minute EUR" in ran.out


def test_the_same_as_json(shop: Shell) -> None:
    ended(shop, "c1")
    found = shop.ok("usage", "--by", "intent", "--json").json
    assert (found["by"], found["currency"]) == ("intent", "USD")
    assert {group["group"]: group["minutes"] for group in found["groups"]} == {"": 1.0, "order": 1.0}
    order = next(group for group in found["groups"] if group["group"] == "order")
    assert order["tokens"][0] == {
        "route": "fast",
        "model": "Qwen3",
        "asked": 2,
        "failed": 0,
        "dropped": 0,
        "prompt": 2_000_000,
        "cached": 0,
        "completion": 0,
    }
    assert (found["total"]["calls"], found["total"]["minutes"]) == (1, 2.0)
    assert found["total"]["token_cost"] is None, "no route has a price"


def test_by_route_minutes_are_nobodys_and_the_total_counts_each_call_once(shop: Shell) -> None:
    ended(shop, "c1")
    rows = [line.split() for line in shop.ok("usage", "--by", "route").out.splitlines()]
    assert [row[:3] for row in rows[1:4]] == [
        ["fast", "1", "-"],
        ["kokoro:af_heart", "1", "-"],
        ["whisper:tiny.en", "1", "-"],
    ]
    assert rows[4][:3] == ["total", "1", "2.0"]


def test_times_and_projects_are_chosen(shop: Shell) -> None:
    ended(shop, "c1")
    assert shop.ok("usage", "--since", "2026-11-23").out == "no calls yet\n"
    assert shop.ok("usage", "--until", "2026-11-22T14:05").out == "no calls yet\n"
    assert "shop" in shop.ok("usage", "--since", "2026-11-22", "--until", "2026-11-23", "--project", "shop").out
    assert shop("usage", "--project", "nobody").code == 1


def test_a_routes_file_that_cannot_be_used_is_named_with_the_fault(shop: Shell) -> None:
    (shop.home / "routes.yaml").write_text("routes: {fast: {model: x}}")
    ran = shop("usage")
    assert ran.code == 1 and "routes.yaml" in ran.err and "base_url" in ran.err


def test_a_typed_call_counts_with_its_minutes(shop: Shell) -> None:
    shop.ok("call", "shop", stdin="one two three\n")
    assert shop.ok("usage", "--json").json["total"]["calls"] == 1
