"""Calls by voice on a draft: frozen for the call, marked as a trial, and nothing published changes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from livekit import api

from tests.fakes.livekit_api import KEY, SECRET
from tests.flows.driven import flow_of
from tests.server.shop_calls import MADE, open_shop, place
from tests.server.tower import OTHER, SHOP, Tower, address, tower
from tollfree.calls.call_id import new_call_id
from tollfree.calls.lines.script import ScriptLine, read_script
from tollfree.calls.phone.server import LiveKitServer
from tollfree.calls.project import ProjectSettings
from tollfree.calls.recording_retention import RECORDINGS
from tollfree.calls.store.errors import UnknownCall, UnknownVersion
from tollfree.protocol.ids import CallId
from tollfree.protocol.role import Role
from tollfree.wiring.placing import Wanted
from tollfree.worker.metadata import Dispatch, read_dispatch

PROJECT = f"/api/v1/projects/{SHOP}"
LIVEKIT = LiveKitServer(url="ws://inside:7880", key=KEY, secret=SECRET)
GIVEN = {"flow": MADE}


def saying(words: str) -> dict[str, Any]:
    """A flow that says something, and rings a person."""
    greeting = {"kind": "say", "say": words, "exits": {"said": "person"}}
    return flow_of({"hello": greeting})


async def started(client: httpx.AsyncClient, **given: Any) -> tuple[Dispatch, api.VideoGrants, str]:
    """What the token says to the worker, and what it allows."""
    answer = await client.post(f"{PROJECT}/trials/calls", json={**GIVEN, **given})
    assert answer.status_code == 201, answer.text
    join = answer.json()["join"]
    claims = api.TokenVerifier(KEY, SECRET).verify(join["token"])
    assert claims.room_config is not None and claims.video is not None
    return read_dispatch(claims.room_config.agents[0].metadata), claims.video, join["room"]


async def called(made: Tower, wanted: Dispatch) -> tuple[CallId, list[str]]:
    """The call that the worker would take, on a typed line; and what was said in it."""
    said: list[str] = []
    line = ScriptLine(read_script("it", "hello"), lambda who, text: said.append(text) if who == "agent" else None)
    here = Wanted(project=SHOP, agent=wanted.agent, flow=wanted.flow, draft=wanted.draft)
    summary = await made.office.carry(await made.office.place(here, line.name), line)
    return summary.call, said


async def test_a_draft_is_called_with_a_token_for_one_room(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(address(Role.EDITOR)) as client:
        await open_shop(made)
        wanted, grants, room = await started(client, document=saying("A draft."), caller="+12125550100")
        assert (wanted.project, wanted.agent, wanted.caller) == (SHOP, "main", "+12125550100")
        assert (wanted.flow, wanted.draft) == (MADE, -1)
        assert grants.room == room and grants.room_join and not grants.room_admin


async def test_the_call_keeps_the_draft_as_it_was_and_what_is_published_stays(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(address(Role.EDITOR)) as client:
        await open_shop(made)
        before = await made.office.store.versions.published(SHOP, MADE)
        first, _, _ = await started(client, document=saying("One."))
        second, _, _ = await started(client, document=saying("Two."))
        assert (await called(made, first))[1] == ["One."] and (await called(made, second))[1] == ["Two."]
        assert await made.office.store.versions.published(SHOP, MADE) == before
        placed = await made.office.place(Wanted(project=SHOP), "text")
        assert (placed.call.version, placed.call.trial) == (1, False)


async def test_without_a_document_the_stored_draft_is_called(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(address(Role.EDITOR)) as client:
        store = made.office.store
        await store.drafts.save(SHOP, MADE, saying("As stored."), expected_revision=0)  # published it never was
        wanted, _, _ = await started(client)
        await store.drafts.save(SHOP, MADE, saying("Edited since."), expected_revision=1)
        assert (await called(made, wanted))[1] == ["As stored."]


async def test_a_trial_is_marked_in_lists_and_left_out_of_them_and_shows_its_draft(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(address(Role.EDITOR)) as client:
        await open_shop(made)
        wanted, _, _ = await started(client, document=saying("A draft."))
        call, _ = await called(made, wanted)
        assert (await client.get(f"{PROJECT}/calls")).json()["items"] == []
        (listed,) = (await client.get(f"{PROJECT}/calls", params={"trials": "only"})).json()["items"]
        assert (listed["id"], listed["trial"], listed["version"], listed["agent"]) == (call, True, -1, "main")
        detail = (await client.get(f"{PROJECT}/calls/{call}")).json()
        assert detail["call"]["trial"] and detail["path"] == ["hello.said", "person.connected", "bye.ended"]
        shown = (await client.get(f"{PROJECT}/flows/{MADE}/versions/-1")).json()
        assert shown["document"] == saying("A draft.") and not shown["published"]
        versions = (await client.get(f"{PROJECT}/flows/{MADE}/versions")).json()["versions"]
        assert [one["number"] for one in versions] == [1]
        assert (await client.get(f"{PROJECT}/overview")).json()["numbers"]["calls"] == 0


async def test_a_flow_that_was_only_tried_is_deleted_with_its_trials_and_their_recordings(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(address(Role.EDITOR)) as client:
        store, flow = made.office.store, f"{PROJECT}/flows/{MADE}"
        await open_shop(made)
        wanted, _, _ = await started(client, document=saying("A draft."))
        tried, _ = await called(made, wanted)
        folder = made.office.settings.home / RECORDINGS / SHOP
        folder.mkdir(parents=True)
        other = f"{new_call_id(made.office.clock.now())}.opus"
        for name in (f"{tried}.opus", f"{tried}-7-1.wav", f"{tried}.opus.peaks", other):
            (folder / name).write_bytes(b"sound")
        goes_on = replace(await store.calls.get(tried), id=new_call_id(made.office.clock.now()))
        await store.calls.begin(goes_on)
        refused = await client.delete(flow)
        assert (refused.status_code, refused.json()["code"]) == (409, "flow_in_use")
        assert (folder / f"{tried}.opus").exists() and (await store.log.read(tried))
        await store.calls.end(goes_on.id, ended_at=made.office.clock.now(), outcome="done", state={})
        assert (await client.delete(flow)).status_code == 204
        assert [file.name for file in folder.iterdir()] == [other]
        assert (await store.calls.list(project=SHOP)).calls == () and await store.usage.of_call(tried) == ()
        with pytest.raises(UnknownCall):
            await store.log.read(tried)


async def test_a_flow_that_customers_called_stays_with_its_trials(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(address(Role.EDITOR)) as client:
        await open_shop(made)
        wanted, _, _ = await started(client)
        tried, _ = await called(made, wanted)
        customers = await place(made, "hello")
        assert (await client.delete(f"{PROJECT}/flows/{MADE}")).json()["code"] == "flow_in_use"
        assert {one.id for one in (await made.office.store.calls.list(project=SHOP)).calls} == {tried, customers}
        shown = (await made.office.store.calls.get(customers), await made.office.store.calls.get(tried))
        assert [one.version for one in shown] == [1, -1], "one bundle, tried and called"


async def test_the_agent_that_has_the_flow_talks_unless_another_is_named(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(address(Role.EDITOR)) as client:
        await open_shop(made)
        agents = {"main": {"flow": "other"}, "night": {"flow": MADE, "language": "en-GB"}}
        settings = ProjectSettings.model_validate({"name": "Shop", "agents": agents})
        await made.office.store.projects.save_settings(SHOP, settings.model_dump(mode="json"))
        wanted, _, _ = await started(client)
        assert wanted.agent == "night"
        placed = await made.office.place(
            Wanted(project=SHOP, agent=wanted.agent, flow=wanted.flow, draft=wanted.draft), "livekit"
        )
        assert (placed.facts.language, placed.call.agent) == ("en-GB", "night")
        assert (await started(client, agent="main"))[0].agent == "main"
        answer = await client.post(f"{PROJECT}/trials/calls", json={**GIVEN, "agent": "nobody"})
        assert answer.json()["code"] == "bad_project"


async def test_a_faulty_draft_is_refused_with_its_faults_and_nothing_is_kept(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(address(Role.EDITOR)) as client:
        await open_shop(made)
        answer = await client.post(f"{PROJECT}/trials/calls", json={**GIVEN, "document": {"flow": MADE}})
        assert answer.status_code == 422 and answer.json()["faults"]
        assert (await client.post(f"{PROJECT}/trials/calls", json={"flow": "none"})).status_code == 404
        with pytest.raises(UnknownVersion):
            await made.office.store.versions.get(SHOP, MADE, -1)


async def test_a_request_sent_again_freezes_and_calls_once(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(address(Role.EDITOR)) as client:
        await open_shop(made)
        headers = {"Idempotency-Key": "one-and-the-same"}
        first, again = [
            (await client.post(f"{PROJECT}/trials/calls", json=GIVEN, headers=headers)).json() for _ in range(2)
        ]
        assert first == again and first["join"]["room"]


@pytest.mark.parametrize("who", [Role.VIEWER, Role.SUPERVISOR])
async def test_only_editors_call_drafts(tmp_path: Path, who: Role) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(address(who)) as client:
        await open_shop(made)
        assert (await client.post(f"{PROJECT}/trials/calls", json=GIVEN)).status_code == 403


async def test_an_editor_of_another_project_finds_no_such_project(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made, made.client(address(Role.EDITOR, OTHER)) as client:
        await open_shop(made)
        assert (await client.post(f"{PROJECT}/trials/calls", json=GIVEN)).json()["code"] == "unknown_project"


async def test_who_called_which_draft_is_in_the_audit_trail(tmp_path: Path) -> None:
    async with tower(tmp_path, livekit=LIVEKIT) as made:
        await open_shop(made)
        async with made.client(address(Role.EDITOR)) as client:
            await started(client)
        async with made.client(address(Role.ADMIN)) as client:
            trail = (await client.get(f"{PROJECT}/audit")).json()["items"]
        [entry] = [one for one in trail if one["action"] == "start_trial_call"]
        assert entry["who"] == address(Role.EDITOR) and MADE in json.dumps(entry)
