"""Recordings are heard by those who may, whole or in part, and drawn."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.server.shop_calls import open_shop, running
from tests.server.tower import SHOP, Tower, address, tower
from tollfree.calls.recording_files import RATE, create
from tollfree.calls.recording_retention import prune_recordings
from tollfree.protocol.ids import CallId
from tollfree.protocol.role import Role
from tollfree.server.ranges import asked_range

SUPERVISOR = address(Role.SUPERVISOR)


@pytest.fixture
async def shop(tmp_path: Path) -> Any:
    async with tower(tmp_path) as made:
        await open_shop(made)
        yield made


def path(call: str, more: str = "") -> str:
    return f"/api/v1/projects/{SHOP}/calls/{call}/audio{more}"


async def recorded(shop: Tower, *, noted: str = "") -> tuple[CallId, Path]:
    """A call whose caller is loud for a second, and its agent silent; then the other way round."""
    folder = shop.office.settings.home / "recordings" / SHOP
    call = await running(shop)
    file = folder / f"{call}.wav"
    kept = create(file, "wav")
    loud, quiet = np.full(RATE, 16_000, np.int16), np.zeros(RATE, np.int16)
    kept.write(np.stack([loud, quiet], axis=1))
    kept.write(np.stack([quiet, loud], axis=1))
    kept.close()
    await note(shop, call, noted or str(file))
    return call, file


async def note(shop: Tower, call: CallId, file: str) -> None:
    from tollfree.calls.log import of_note

    at = shop.office.clock.now().isoformat()
    record = of_note(at, "recording", {"file": file, "format": "wav", "began_ms": 0.0})
    place = len(await shop.office.store.log.read(call))
    await shop.office.store.log.append(call, [record], expected_seq=place)


async def test_a_recording_is_sent_whole_and_in_parts(shop: Tower) -> None:
    call, file = await recorded(shop)
    whole = file.read_bytes()
    async with shop.client(SUPERVISOR) as client:
        answer = await client.get(path(call))
        assert (answer.status_code, answer.content) == (200, whole)
        assert answer.headers["content-type"] == "audio/wav" and answer.headers["accept-ranges"] == "bytes"
        part = await client.get(path(call), headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, whole[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
        last = await client.get(path(call), headers={"Range": "bytes=-5"})
        assert last.content == whole[-5:]
        beyond = await client.get(path(call), headers={"Range": f"bytes={len(whole)}-"})
        assert (beyond.status_code, beyond.json()["code"]) == (416, "bad_range")
        assert beyond.headers["content-range"] == f"bytes */{len(whole)}"
        head = await client.head(path(call))
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(whole))


async def test_each_look_is_written_down_and_a_viewer_hears_nothing(shop: Tower) -> None:
    call, _ = await recorded(shop)
    async with shop.client(address(Role.VIEWER)) as client:
        for one in (path(call), path(call, "/peaks")):
            assert (await client.get(one)).status_code == 403
        assert (await client.head(path(call))).status_code == 403
    async with shop.client(SUPERVISOR) as client:
        await client.get(path(call))
    looks = [(one.who, one.details) for one in (await shop.office.store.audit.list(action="play_call")).entries]
    assert looks == [(SUPERVISOR, {"looked_at": "recording"})]


@pytest.mark.parametrize("noted", ["/etc/passwd", "../../secrets.key", "", "{call}.wav/../../x", "{call}.txt"])
async def test_no_other_file_is_sent(shop: Tower, noted: str) -> None:
    call = await running(shop)
    folder = shop.office.settings.home / "recordings" / SHOP
    folder.mkdir(parents=True)
    (folder / f"{call}.txt").write_text("no sound")
    await note(shop, call, noted.format(call=call))
    async with shop.client(SUPERVISOR) as client:
        for more in ("", "/peaks"):
            answer = await client.get(path(call, more))
            assert (answer.status_code, answer.json()["code"]) == (404, "no_recording")


async def test_a_link_is_no_recording(shop: Tower, tmp_path: Path) -> None:
    call = await running(shop)
    folder = shop.office.settings.home / "recordings" / SHOP
    folder.mkdir(parents=True)
    (folder / f"{call}.wav").symlink_to("/etc/hostname")
    await note(shop, call, f"{call}.wav")
    async with shop.client(SUPERVISOR) as client:
        assert (await client.get(path(call))).status_code == 404


async def test_a_call_that_was_taken_up_has_parts(shop: Tower) -> None:
    call, file = await recorded(shop)
    second = file.with_stem(f"{call}-41")
    second.write_bytes(file.read_bytes()[:100])
    await note(shop, call, str(second))
    await note(shop, call, str(file.with_stem(f"{call}-99")))
    async with shop.client(SUPERVISOR) as client:
        assert len((await client.get(path(call), params={"part": 1})).content) == 100
        assert (await client.get(path(call), params={"part": 2})).status_code == 404
        assert (await client.get(path(call), params={"part": -1})).status_code == 422
        page = (await client.get(path(call).removesuffix("/audio"))).json()
    assert [one["here"] for one in page["recordings"]] == [True, True, False]


async def test_a_recording_is_drawn_by_side_and_read_once(shop: Tower) -> None:
    call, file = await recorded(shop)
    await shop.office.store.calls.end(call, ended_at=shop.office.clock.now(), outcome="done", state={})
    async with shop.client(SUPERVISOR) as client:
        peaks = (await client.get(path(call, "/peaks"), params={"buckets": 4})).json()
        assert peaks["seconds"] == 2.0
        assert peaks["caller_max"] == [62, 62, 0, 0] and peaks["agent_max"] == [0, 0, 62, 62]
        kept = file.with_name(f"{file.name}.peaks")
        assert kept.exists()
        kept.write_bytes(kept.read_bytes()[:-4] + bytes([1, 2, 3, 4]))
        again = (await client.get(path(call, "/peaks"), params={"buckets": 5000})).json()
        assert (again["caller_min"][-1], again["agent_max"][-1]) == (1, 4)
    old = shop.office.clock.now() - timedelta(days=9)
    for one in (file, kept):
        os.utime(one, (old.timestamp(), old.timestamp()))
    assert prune_recordings(file.parents[1], shop.office.clock.now() - timedelta(days=1)).files == 2


async def test_what_is_no_sound_is_told_so(shop: Tower) -> None:
    call, file = await recorded(shop)
    file.write_bytes(b"no sound at all")
    async with shop.client(SUPERVISOR) as client:
        answer = await client.get(path(call, "/peaks"))
    assert answer.status_code == 422 and "cannot be read" in answer.json()["message"]


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("", (0, 10, True)),
        ("bytes=0-", (0, 10, False)),
        ("bytes=3-4", (3, 5, False)),
        ("bytes=3-99999999", (3, 10, False)),
        ("bytes=-99", (0, 10, False)),
        ("bytes=-0", None),
        ("bytes=10-", None),
        ("bytes=5-4", (0, 10, True)),
        ("bytes=1-2,4-5", (0, 10, True)),
        ("bytes=-", (0, 10, True)),
        ("lines=1-2", (0, 10, True)),
        ("bytes=" + "9" * 40 + "-", (0, 10, True)),
    ],
)
def test_ranges(asked: str, part: tuple[int, int, bool] | None) -> None:
    assert asked_range(asked, 10) == part
