"""A caller is erased on request, and what is too old by itself: words, sound and personal values, and nothing else."""

import json
from datetime import timedelta
from pathlib import Path

import httpx

from tests.flows.driven import CODE, ask, flow_of
from tests.server.tower import OTHER, SHOP, Tower, address, tower
from tollfree.calls.lines.script import ScriptLine, read_script
from tollfree.calls.project import ProjectSettings
from tollfree.calls.publishing import publish
from tollfree.calls.recording_retention import RECORDINGS
from tollfree.calls.replay import replay_call
from tollfree.calls.retention import prune_projects
from tollfree.protocol.ids import CallId, FlowId, ProjectId
from tollfree.protocol.role import Role

MAIN = FlowId("made")
CALLER = "+12025550123"
CODE_SAID = "one two three"


def flow() -> dict:
    personal = {**CODE, "ask": "Which code?", "personal": True}
    document = {
        "code": ask(slots={"code": personal}, exits={"given": "done"}),
        "done": {"kind": "end", "say": "Your code is {{ code }}. Goodbye."},
    }
    return flow_of(document)


async def called(made: Tower, project: ProjectId = SHOP, caller: str = CALLER) -> CallId:
    """A whole call, with a recording that was put there."""
    office = made.office
    settings = ProjectSettings(name="Shop").model_dump(mode="json")
    if not await office.store.flows.list(project):
        await office.store.projects.save_settings(project, settings)
        await office.store.drafts.save(project, MAIN, flow(), expected_revision=0)
        await publish(office.store, project, MAIN, office.embedder)
    line = ScriptLine(read_script("it", CODE_SAID), lambda who, text: None)
    call = (await office.place_call(project, line, caller=caller)).call
    recording(made, project, call).parent.mkdir(parents=True, exist_ok=True)
    recording(made, project, call).write_bytes(b"sound")
    return call


def recording(made: Tower, project: ProjectId, call: CallId) -> Path:
    return made.office.settings.home / RECORDINGS / project / f"{call}.opus"


async def words(made: Tower, call: CallId) -> str:
    """All that is kept of a call."""
    log = [entry.record.data async for entry in made.office.store.log.stream(call)]
    final = await made.office.store.calls.final_state(call)
    assert final is not None
    return json.dumps([log, final.state])


async def asked(client: httpx.AsyncClient, **given: str) -> dict:
    answer = await client.post(f"/api/v1/projects/{SHOP}/erasures", json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_caller_is_erased_in_their_project_alone_and_the_log_still_folds(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as admin:
        mine, others, elsewhere = await called(made), await called(made, caller="+12025550199"), None
        elsewhere = await called(made, OTHER)
        for call in (mine, others, elsewhere):
            said = await words(made, call)
            assert "123" in said and CODE_SAID in said
        assert await asked(admin, caller="+1 202-555-0123") == {"calls": 1, "recordings": 1, "running": 0}
        kept = await words(made, mine)
        assert not any(word in kept for word in ("123", CODE_SAID, CALLER)), kept
        assert not recording(made, SHOP, mine).exists()
        for call, project in ((others, SHOP), (elsewhere, OTHER)):
            assert CODE_SAID in await words(made, call) and recording(made, project, call).exists()
        replayed = await replay_call(made.office.store, mine)
        assert replayed.events > 3 and replayed.ended and replayed.differences == ()
        stored = await made.office.store.calls.get(mine)
        assert stored.outcome is not None and stored.ended_at is not None


async def test_the_trail_does_not_keep_whom_it_was_about(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as admin:
        await called(made)
        await asked(admin, caller=CALLER)
        entry = (await made.office.store.audit.list(SHOP)).entries[0]
        assert entry.action == "erase" and entry.details == {"calls": 1, "recordings": 1}
        assert CALLER not in entry.subject


async def test_one_call_is_erased_by_its_id(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as admin:
        first, second, foreign = await called(made), await called(made), await called(made, OTHER)
        assert (await asked(admin, call=first))["calls"] == 1
        assert CODE_SAID not in await words(made, first) and CODE_SAID in await words(made, second)
        for call in (foreign, "nothing"):
            answer = await admin.post(f"/api/v1/projects/{SHOP}/erasures", json={"call": call})
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_call")
        for given in ({}, {"call": first, "caller": CALLER}):
            assert (await admin.post(f"/api/v1/projects/{SHOP}/erasures", json=given)).status_code == 422


async def test_what_is_too_old_goes_by_itself(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.ADMIN)) as admin:
        call = await called(made)
        path = f"/api/v1/projects/{SHOP}/retention"
        seen = await admin.get(path)
        assert seen.json() == {"audio_days": 0, "transcript_days": 0}
        given = {"audio_days": 0, "transcript_days": 30}
        saved = await admin.put(path, json=given, headers={"If-Match": seen.headers["etag"]})
        assert saved.json() == given == (await admin.get(path)).json()
        office = made.office

        class Later:
            """The office's clock, some days on."""

            def __init__(self, days: int) -> None:
                self.days = days

            def now(self):  # noqa: ANN202
                return office.clock.now() + timedelta(days=self.days)

            def elapsed_ms(self) -> float:
                return 0.0

        await prune_projects(office.store, Later(29), office.settings.home)  # pyright: ignore[reportArgumentType]
        assert CODE_SAID in await words(made, call)
        await prune_projects(office.store, Later(31), office.settings.home)  # pyright: ignore[reportArgumentType]
        assert CODE_SAID not in await words(made, call)
        later = office.clock.now() + timedelta(days=31)
        assert await office.store.erasing.ended_before(SHOP, later, 10) == (), "once is enough"


async def test_an_overview_counts_the_calls_that_ended(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.VIEWER)) as viewer:
        for _ in range(2):
            await called(made)
        found = (await viewer.get(f"/api/v1/projects/{SHOP}/overview")).json()
        assert (found["numbers"]["calls"], found["numbers"]["contained"], found["numbers"]["turns"]) == (2, 2, 2)
        assert found["running"] == 0 and len(found["days"]) == 1 and sum(one["calls"] for one in found["outcomes"]) == 2
        usage = (await viewer.get(f"/api/v1/projects/{SHOP}/usage", params={"by": "project"})).json()
        assert usage["total"]["calls"] == 2
        assert (await viewer.get(f"/api/v1/projects/{OTHER}/overview")).status_code == 404
