"""`tollfree number` and `tollfree people`."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from livekit import api

from tests.cli.conftest import Shell
from tollfree.calls.store.calls import Call
from tollfree.calls.store.store import Store, default_url
from tollfree.protocol.ids import CallId, FlowId, ProjectId

LIVEKIT = {
    "TOLLFREE_LIVEKIT_URL": "ws://127.0.0.1:1",
    "TOLLFREE_LIVEKIT_API_KEY": "key",
    "TOLLFREE_LIVEKIT_API_SECRET": "a secret of more than thirty-two letters",
}
NONE = dict.fromkeys(LIVEKIT, "")


def test_numbers_are_added_listed_and_removed(shop: Shell) -> None:
    assert "no numbers yet" in shop("number", "list", env=NONE).out
    ran = shop("number", "add", "shop", "(212) 555-0100", env=NONE)
    assert (ran.code, "+12125550100 is answered by the agent main of shop" in ran.out) == (0, True)
    assert "Set TOLLFREE_LIVEKIT_URL" in ran.err and "tollfree number sync" in ran.err
    [one] = shop("number", "list", "--json", env=NONE).json
    assert (one["number"], one["project"], one["agent"]) == ("+12125550100", "shop", "main")
    assert (one["trunk"], one["reachable"], one["by_sip"]) == (None, False, True)
    assert "no trunk yet" in shop("number", "list", "shop", env=NONE).out
    assert "answered no more" in shop("number", "remove", "2125550100", env=NONE).out
    assert shop("number", "list", "--json", env=NONE).json == []


def test_a_number_without_sip_needs_no_livekit(shop: Shell) -> None:
    ran = shop("number", "add", "shop", "+12125550100", "--no-sip", "--json", env=NONE)
    assert (ran.code, ran.err, ran.json["reachable"]) == (0, "", True)


def test_a_number_that_is_taken_is_none_or_goes_to_nobody_is_refused_in_a_sentence(shop: Shell) -> None:
    shop("number", "add", "shop", "+12125550100", env=NONE)
    shop.ok("project", "new", "other")
    for words, message in (
        (("other", "+12125550100"), "answered by the agent 'main' of project 'shop' already"),
        (("shop", "front desk"), "is no telephone number"),
        (("shop", "+12125550101", "--agent", "night"), "no agent `night`"),
        (("nowhere", "+12125550101"), "no project named 'nowhere'"),
        (("shop", "+12125550101", "--trunk-address", "provider"), "no address of a provider"),
    ):
        ran = shop("number", "add", *words, env=NONE)
        assert (ran.code, message in ran.err, ran.out) == (1, True, "")
    assert shop("number", "remove", "+12125550199", env=NONE).code == 1


def test_a_livekit_that_is_away_keeps_the_number_and_says_what_to_run_later(shop: Shell) -> None:
    ran = shop("number", "add", "shop", "+12125550100", env=LIVEKIT)
    assert (ran.code, "cannot be reached" in ran.err, "tollfree number sync" in ran.err) == (0, True, True)
    ran = shop("number", "sync", env=LIVEKIT)
    assert (ran.code, "do not come here yet" in ran.out) == (1, True)
    ran = shop("number", "sync", env=NONE)
    assert (ran.code, "Set TOLLFREE_LIVEKIT_URL" in ran.err) == (1, True)


def test_a_setting_that_cannot_be_used_is_told(shop: Shell) -> None:
    ran = shop("number", "sync", env={"TOLLFREE_TRANSFER_RING_S": "soon"})
    assert (ran.code, "TOLLFREE_TRANSFER_RING_S" in ran.err) == (1, True)


@pytest.fixture
def waiting(shop: Shell) -> Shell:
    """A caller waits."""

    async def wait(home: Path) -> None:
        async with await Store.open(default_url(home)) as store:
            began = (await store.projects.get(ProjectId("shop"))).created_at
            call = Call(
                id=CallId("0001"),
                project=ProjectId("shop"),
                agent="main",
                flow=FlowId("made"),
                version=1,
                line="livekit",
                started_at=began,
            )
            await store.calls.begin(call)
            await store.waiting_calls.wait(
                call.id,
                queue="staff",
                room="call_1",
                server="ws://127.0.0.1:7999",
                caller="+12125550199",
                summary="A question.",
                wait_s=600,
            )

    asyncio.run(wait(shop.home))
    return shop


def test_callers_who_wait_for_a_person_are_shown_with_what_they_want(waiting: Shell) -> None:
    ran = waiting("people", "waiting", env=NONE)
    assert "0001  shop  staff" in ran.out and "+12125550199: A question." in ran.out
    [one] = waiting("people", "waiting", "shop", "--json", env=LIVEKIT).json
    assert (one["call"], one["queue"], one["summary"], one["taken_by"]) == ("0001", "staff", "A question.", None)
    assert room_of(one["token"]) == "call_1"
    assert waiting("people", "waiting", "other", "--json", env=LIVEKIT).json == []
    assert "token" not in waiting("people", "waiting", "--json", env=NONE).json[0]


def room_of(token: str) -> str:
    claims = api.TokenVerifier("key", LIVEKIT["TOLLFREE_LIVEKIT_API_SECRET"]).verify(token)
    assert claims.video is not None
    return claims.video.room


def test_a_person_takes_a_call_and_nobody_else_does(waiting: Shell) -> None:
    taken: Any = waiting("people", "join", "0001", "--name", "Ann", "--json", env=LIVEKIT).json
    assert (taken["taken_by"], taken["url"], room_of(taken["token"])) == (
        "Ann",
        LIVEKIT["TOLLFREE_LIVEKIT_URL"],
        "call_1",
    )
    ran = waiting("people", "join", "0001", "--name", "Ben", env=LIVEKIT)
    assert (ran.code, "Ann is taking" in ran.err) == (1, True)
    page = {**LIVEKIT, "TOLLFREE_PEOPLE_PAGE": "https://people.example/"}
    ran = waiting("people", "join", "0001", "--name", "Ann", env=page)
    assert "+12125550199, for staff: A question." in ran.out and "Open https://people.example/#url=" in ran.out


def test_a_call_that_does_not_wait_cannot_be_taken(shop: Shell) -> None:
    ran = shop("people", "join", "0001", env=LIVEKIT)
    assert (ran.code, "does not wait" in ran.err) == (1, True)
    assert "nobody waits" in shop("people", "waiting", env=NONE).out
    assert json.loads(shop("people", "waiting", "--json", env=NONE).out) == []


def test_a_call_that_waits_on_this_homes_own_livekit_is_joined_with_the_key_kept_there(waiting: Shell) -> None:
    ran = waiting("people", "join", "0001", "--json", env=NONE)
    assert (ran.code, "No LiveKit server is configured" in ran.err) == (1, True)
    (waiting.home / "livekit").mkdir()
    (waiting.home / "livekit" / "keys.json").write_text(json.dumps({"key": LIVEKIT["TOLLFREE_LIVEKIT_API_SECRET"]}))
    taken = waiting("people", "join", "0001", "--json", env=NONE).json
    assert (taken["url"], room_of(taken["token"])) == ("ws://127.0.0.1:7999", "call_1")
