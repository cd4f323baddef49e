"""Documents sent, taken in by jobs, searched and forgotten over HTTP."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from tests.knowledge.ingest import papers
from tests.server.tower import OTHER, SHOP, Tower, address, tower
from tollfree.knowledge.ingest.jobs import JobKind
from tollfree.protocol.ids import ProjectId
from tollfree.protocol.role import Role
from tollfree.server.settings import ServerSettings
from tollfree.wiring.knowledge_jobs import open_jobs
from tollfree.wiring.known_sources import open_sources

BASE = f"/api/v1/projects/{SHOP}/knowledge"
HOURS = b"We are open from nine to five on weekdays."
EDITOR, VIEWER = address(Role.EDITOR), address(Role.VIEWER)


async def idle(made: Tower) -> None:
    assert made.desk.ingestion is not None
    await made.desk.ingestion.idle()


async def send(
    made: Tower, client: httpx.AsyncClient, *files: tuple[str, bytes], tags: tuple[str, ...] = ()
) -> dict[str, object]:
    """Upload files, and wait until they are taken in: the job."""
    parts = [("files", (name, data)) for name, data in files]
    answer = await client.post(f"{BASE}/uploads", files=parts, data={"tags": list(tags)})
    assert answer.status_code == 202, answer.text
    await idle(made)
    found: dict[str, object] = (await client.get(f"{BASE}/jobs/{answer.json()['job']['number']}")).json()
    return found


async def items(client: httpx.AsyncClient, path: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await client.get(f"{BASE}/{path}")).json()["items"]
    return found


async def test_a_document_is_sent_shown_found_changed_and_forgotten(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        handbook = tmp_path / "handbook.docx"
        papers.handbook(handbook)
        job = await send(made, client, ("handbook.docx", handbook.read_bytes()), ("hours.txt", HOURS), tags=("staff",))
        assert (job["kind"], job["state"], job["asked_by"]) == ("add", "done", EDITOR)
        assert job["report"] is not None and job["about"] == ["handbook.docx", "hours.txt"]
        [book, hours] = await items(client, "sources")
        assert (book["title"], book["kind"], book["state"], book["uploaded"]) == ("handbook.docx", "file", "in", True)
        assert hours["tags"] == ["staff"] and hours["passages"] == 1 and hours["job"] is None
        one = f"sources/{hours['id']}"
        assert (await client.get(f"{BASE}/{one}")).json() == hours
        [document] = await items(client, f"{one}/documents")
        assert (document["title"], document["kind"]) == ("hours", "text")
        [passage] = await items(client, f"{one}/passages")
        assert passage["text"] == HOURS.decode() and passage["document"] == document["id"]

        found = (await client.get(f"{BASE}/search", params={"q": HOURS.decode()})).json()
        assert found["passages"][0]["sure"] and found["passages"][0]["passage"]["id"] == passage["id"]
        answer = found["answer"]
        assert (answer["outcome"], answer["says"], answer["cited"]) == ("answered", HOURS.decode(), "hours")
        assert answer["passage"] == passage["id"] and answer["worded_by"] == "passage"

        given = {"tags": ["public"], "refresh_every": "1d"}
        accepted = await client.patch(f"{BASE}/{one}", json=given, headers={"If-Match": hours["etag"]})
        assert accepted.status_code == 202
        await idle(made)
        changed = (await client.get(f"{BASE}/{one}")).json()
        assert changed["tags"] == ["public"] and changed["refresh_every_s"] == 86_400
        assert (await items(client, f"{one}/passages"))[0]["tags"] == ["public"]

        kept = tmp_path / "knowledge" / SHOP / "uploads" / "hours.txt"
        assert kept.read_bytes() == HOURS
        assert (await client.delete(f"{BASE}/{one}")).status_code == 202
        await idle(made)
        assert [each["title"] for each in await items(client, "sources")] == ["handbook.docx"]
        assert not kept.exists()


async def test_what_is_sent_stays_inside_whatever_it_is_called(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        names = (
            "../../x",
            "..\\..\\x",
            "/etc/passwd",
            ".hidden",
            "nul.txt",
            "",
            "a\x00b.txt",
            "ü" * 300 + ".txt",
            "hours.txt",
            "HOURS.txt",
        )
        await send(made, client, *((name or "unnamed", HOURS + name.encode()) for name in names))
        uploads = tmp_path / "knowledge" / SHOP / "uploads"
        kept = sorted(path.name for path in uploads.iterdir())
        assert len(kept) == len(names) and not any(name.startswith(".") or "/" in name for name in kept)
        assert {"x", "x (2)", "passwd", "hidden", "_nul.txt", "HOURS (2).txt"} <= set(kept)
        assert named_x(tmp_path) == {uploads / "x", uploads / "x (2)"}


def named_x(folder: Path) -> set[Path]:
    """Wherever they are."""
    return {path for path in folder.rglob("x*") if path.name in ("x", "x (2)")}


async def test_a_document_of_the_same_name_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        await send(made, client, ("hours.txt", HOURS))
        await send(made, client, ("hours.txt", b"We are closed."))
        [source] = await items(client, "sources")
        [passage] = await items(client, f"sources/{source['id']}/passages")
        assert passage["text"] == "We are closed."


async def test_what_cannot_be_read_is_told_with_its_remedy(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        job = await send(made, client, ("bad.pdf", b"%PDF-1.4\n\x00"), ("hours.txt", HOURS))
        report = job["report"]
        assert isinstance(report, dict) and (report["added"], report["failed"]) == (1, 1)
        [bad] = [one for one in await items(client, "sources") if one["title"] == "bad.pdf"]
        assert bad["state"] == "failed" and str(tmp_path) not in str(bad)
        [fault] = bad["faults"]
        assert (fault["document"], fault["code"], fault["serious"]) == ("bad.pdf", "damaged", True) and fault["remedy"]


async def test_more_than_may_be_sent_is_refused_and_not_kept(tmp_path: Path) -> None:
    async with tower(tmp_path, ServerSettings(max_upload_mb=1), ingest=True) as made, made.client(EDITOR) as client:
        large = b"x" * (2**20 + 1)
        answer = await client.post(f"{BASE}/uploads", files=[("files", ("large.txt", large))])
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

        async def chunks() -> AsyncGenerator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="large.txt"\r\n\r\n'
            yield large
            yield b"\r\n--b--\r\n"

        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = await client.post(f"{BASE}/uploads", content=chunks(), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        labels = {"tags": ["x" * 65]}
        answer = await client.post(f"{BASE}/uploads", files=[("files", ("x.txt", b"x"))], data=labels)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        many = [("files", (f"{number}.txt", b"x")) for number in range(101)]
        assert (await client.post(f"{BASE}/uploads", files=many)).json()["code"] == "too_many_files"
        assert not (tmp_path / "knowledge" / SHOP / "uploads").exists()


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"url": "http://127.0.0.1:9/"}, 422, "forbidden_host"),
        ({"url": "http://169.254.169.254/latest"}, 422, "forbidden_host"),
        ({"url": "http://intranet/"}, 422, "forbidden_host"),
        ({"url": "/etc/passwd"}, 422, "bad_source"),
        ({"url": "file:///etc/passwd"}, 422, "bad_source"),
        ({"url": "https://user:secret@example.com/"}, 422, "forbidden_host"),
        ({"url": "https://exa mple.com/\x00"}, 422, "bad_source"),
        ({"url": "https://example.com", "crawl": 10_001}, 422, "invalid_request"),
        ({"url": "https://example.com", "refresh_every": "soon"}, 422, "invalid_request"),
        ({"url": "https://example.com", "tags": ["\n"]}, 422, "invalid_request"),
        ({"url": "https://example.com", "tags": ["\ud800"]}, 422, "invalid_request"),
        ({"url": "https://example.com/\ud800"}, 422, "invalid_request"),
        ({"url": ""}, 422, "invalid_request"),
        ({"path": "x"}, 422, "invalid_request"),
    ],
)
async def test_an_address_that_may_not_be_read_is_refused_at_once(
    tmp_path: Path, given: dict[str, object], status: int, code: str
) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        headers = {"Content-Type": "application/json"}  # httpx itself refuses what is no text
        answer = await client.post(f"{BASE}/sources", content=json.dumps(given), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert await items(client, "jobs") == []


async def test_hostile_names_and_questions_get_a_plain_refusal_or_an_answer(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        for path in (
            "sources/..%2f..%2fx",
            "sources/%00",
            "sources/" + "x" * 500,
            "jobs/0",
            "jobs/999",
            f"jobs/{2**70}",
            "jobs/x",
        ):
            answer = await client.get(f"{BASE}/{path}")
            assert answer.status_code in (404, 422) and set(answer.json()) == {"code", "message", "faults"}, path
        for params in ({"q": ""}, {"q": "x" * 1001}, {"q": "x", "k": "0"}, {}, {"q": "x", "cursor": "?"}):
            answer = await client.get(f"{BASE}/search", params=params)
            assert answer.status_code in (200, 422), params
        await send(made, client, ("hours.txt", HOURS))
        for question in ("\x00", "' OR 1=1 --", "😀" * 500, "*", '"', "\ud7ff", " ", "a\nb"):
            answer = await client.get(f"{BASE}/search", params={"q": question, "tag": ["'", "\\"]})
            assert answer.status_code == 200 and answer.json()["answer"]["outcome"] in ("unknown", "answered")
        assert (await client.get(f"{BASE}/sources", params={"cursor": "bad!"})).json()["code"] == "bad_cursor"


async def test_a_question_that_nothing_answers_says_why(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        answer = (await client.get(f"{BASE}/search", params={"q": "when"})).json()["answer"]
        assert (answer["outcome"], answer["worded_by"]) == ("no_documents", "nobody")
        await send(made, client, ("hours.txt", HOURS))
        found = (await client.get(f"{BASE}/search", params={"q": "xylophone zebra"})).json()
        assert found["answer"]["outcome"] == "unknown" and not found["passages"][0]["sure"]
        assert "below 0.13" in found["answer"]["why"]


async def test_another_project_sees_and_changes_nothing_of_it(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        await send(made, client, ("hours.txt", HOURS))
        [source] = await items(client, "sources")
        async with made.client(address(Role.ADMIN, OTHER)) as other:
            there = f"/api/v1/projects/{OTHER}/knowledge"
            assert (await other.get(f"{BASE}/sources")).status_code == 404
            assert (await other.get(f"{there}/sources")).json()["items"] == []
            for path in (f"{there}/sources/{source['id']}", f"{there}/jobs/1"):
                assert (await other.get(path)).status_code == 404
            assert (await other.delete(f"{there}/sources/{source['id']}")).status_code == 404
            found = (await other.get(f"{there}/search", params={"q": HOURS.decode()})).json()
            assert found["passages"] == [] and found["answer"]["outcome"] == "no_documents"
        assert len(await items(client, "sources")) == 1


async def test_a_viewer_looks_and_changes_nothing(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(VIEWER) as client:
        assert (await client.get(f"{BASE}/sources")).status_code == 200
        assert (await client.post(f"{BASE}/uploads", files=[("files", ("x.txt", b"x"))])).status_code == 403
        for method, path in (("POST", "sources"), ("POST", "refresh"), ("POST", "rebuild"), ("DELETE", "sources/x")):
            assert (await client.request(method, f"{BASE}/{path}", json={})).status_code == 403
        assert not (tmp_path / "knowledge" / SHOP).exists()


async def test_lists_come_in_pages(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        await send(made, client, *((f"{number}.txt", b"Number %d." % number) for number in range(5)))
        seen, cursor = list[str](), ""
        while cursor is not None:
            page = (await client.get(f"{BASE}/sources", params={"limit": 2, "cursor": cursor})).json()
            seen += [one["title"] for one in page["items"]]
            cursor = page["next"]
        assert seen == [f"{number}.txt" for number in range(5)]
        for _ in range(2):
            await client.post(f"{BASE}/refresh", json={})
        await idle(made)
        first = (await client.get(f"{BASE}/jobs", params={"limit": 2})).json()
        second = (await client.get(f"{BASE}/jobs", params={"limit": 2, "cursor": first["next"]})).json()
        assert [one["number"] for one in first["items"] + second["items"]] == [3, 2, 1] and second["next"] is None


async def test_a_job_that_waits_is_cancelled_and_one_that_is_over_stays_so(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        await send(made, client, ("hours.txt", HOURS))
        async with open_jobs(made.office, ProjectId(SHOP)) as jobs:
            waiting = await jobs.add(JobKind.REFRESH, {}, asked_by="nobody")
        answer = await client.post(f"{BASE}/jobs/{waiting.number}/cancel")
        assert answer.status_code == 202 and answer.json()["job"]["state"] == "cancelled"
        assert (await client.post(f"{BASE}/jobs/1/cancel")).json()["job"]["state"] == "done"
        assert (await client.post(f"{BASE}/jobs/9/cancel")).status_code == 404


async def test_an_index_is_made_anew(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        await send(made, client, ("hours.txt", HOURS))
        number = (await client.post(f"{BASE}/rebuild")).json()["job"]["number"]
        await idle(made)
        job = (await client.get(f"{BASE}/jobs/{number}")).json()
        assert job["state"] == "done" and job["report"]["passages"] == 1
        assert (await client.get(f"{BASE}/search", params={"q": HOURS.decode()})).json()["passages"][0]["sure"]


async def test_a_deleted_project_leaves_no_document_behind(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(address(Role.ADMIN)) as client:
        await send(made, client, ("hours.txt", HOURS))
        assert (await client.delete(f"/api/v1/projects/{SHOP}")).status_code == 204
        assert not (tmp_path / "knowledge" / SHOP).exists()


async def test_what_was_done_is_written_down(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        await send(made, client, ("../hours.txt", HOURS))
        [entry] = [one for one in (await made.office.store.audit.list()).entries if one.action == "upload_documents"]
        assert (entry.who, entry.project, entry.details["files"]) == (EDITOR, SHOP, "hours.txt")


async def test_a_source_is_read_again_when_its_time_has_come_and_asked_for_once(tmp_path: Path) -> None:
    async with tower(tmp_path, ingest=True) as made, made.client(EDITOR) as client:
        await send(made, client, ("hours.txt", HOURS))
        [source] = await items(client, "sources")
        tag = {"If-Match": source["etag"]}
        daily = await client.patch(f"{BASE}/sources/{source['id']}", json={"refresh_every": "1d"}, headers=tag)
        assert daily.status_code == 202
        await idle(made)
        ingestion = made.desk.ingestion
        assert ingestion is not None
        await ingestion.take_up()
        await idle(made)
        assert [job["kind"] for job in await items(client, "jobs")] == ["change", "add"], "it was just read"
        async with open_sources(made.desk.office, ProjectId(SHOP)) as known:
            [kept] = await known.list()
            await known.checked(kept.id, "2026-01-01T00:00:00+00:00", ())
        for _ in range(2):
            await ingestion.take_up()
            await idle(made)
        [job, *_] = jobs = await items(client, "jobs")
        assert [one["kind"] for one in jobs] == ["refresh", "change", "add"]
        assert (job["asked_by"], job["state"]) == ("schedule", "done")
        async with open_sources(made.desk.office, ProjectId(SHOP)) as known:
            await known.checked(kept.id, "2026-01-01T00:00:00+00:00", ())
        await ingestion.take_up()
        assert len(await items(client, "jobs")) == 3, "what failed is not asked for again at once"
