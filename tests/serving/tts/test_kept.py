"""What was rendered once is kept: across requests, across restarts, within bounds, and only what may be."""

import resource
from pathlib import Path

from tests.serving.tts.conftest import hall
from tollfree.serving.tts.tts_app import RENDERINGS

LINE = "Thanks for calling."


def files(cache: Path, pattern: str = "*.clip") -> list[Path]:
    return sorted((cache / RENDERINGS).rglob(pattern))


async def asked(cache: Path, *requests: tuple[str, str], **settings: object) -> list[str]:
    """What a server that is opened anew renders for requests of (text, urgency), one after another."""
    async with hall(cache, **settings) as opened, opened.talker() as talker:
        for number, (text, urgency) in enumerate(requests):
            await talker.speak(str(number), text, urgency=urgency, whole=True)
            assert (await talker.end(str(number)))["type"] == "done"
        return opened.voice.asked


async def test_a_fixed_line_outlives_the_server(tmp_path: Path) -> None:
    assert await asked(tmp_path, (LINE, "publish"), (LINE, "first")) == [LINE]
    assert await asked(tmp_path, (LINE, "first")) == []


async def test_what_calls_say_is_not_on_the_disk_unless_somebody_wants_it_there(tmp_path: Path) -> None:
    assert await asked(tmp_path, ("Thank you, Zoe.", "first")) == ["Thank you, Zoe."]
    assert files(tmp_path) == []
    await asked(tmp_path, ("Thank you, Zoe.", "first"), keep="all")
    assert await asked(tmp_path, ("Thank you, Zoe.", "first"), keep="all") == []


async def test_what_a_call_said_first_is_kept_once_it_is_a_fixed_line(tmp_path: Path) -> None:
    assert await asked(tmp_path, (LINE, "first"), (LINE, "publish")) == [LINE]
    assert len(files(tmp_path)) == 1


async def test_a_damaged_file_is_rendered_again(tmp_path: Path) -> None:
    await asked(tmp_path, (LINE, "publish"))
    (file,) = files(tmp_path)
    file.write_bytes(file.read_bytes()[:-5] + b"rubbish")
    assert await asked(tmp_path, (LINE, "publish")) == [LINE]
    assert await asked(tmp_path, (LINE, "first")) == []


async def test_another_speed_is_another_rendering(tmp_path: Path) -> None:
    async with hall(tmp_path) as opened, opened.talker() as talker:
        await talker.speak("1", LINE, urgency="publish")
        await talker.speak("2", LINE, urgency="publish", speed=1.2)
        await talker.end("1")
        await talker.end("2")
        assert opened.voices["kokoro:hum@1.2"].asked == [LINE]
    assert len(files(tmp_path)) == 2


async def test_the_disk_is_bounded_and_may_be_left_out(tmp_path: Path) -> None:
    lines = [(f"This is a line of about two seconds, number {number}.", "publish") for number in range(30)]
    await asked(tmp_path, *lines, cache_mb=1)
    assert sum(file.stat().st_size for file in files(tmp_path)) <= 1_050_000
    await asked(tmp_path / "none", *lines, cache_mb=0)
    assert files(tmp_path / "none") == []


async def test_memory_is_bounded_and_what_was_used_last_stays(tmp_path: Path) -> None:
    long = [f"This is a rather long line, to be said in four seconds or so, number {number}." for number in range(8)]
    requests = [(line, "first") for line in (*long, long[-1], long[0])]
    rendered = await asked(tmp_path, *requests, memory_mb=1, cache_mb=0)
    assert rendered == [*long, long[0]]


async def test_a_folder_that_cannot_be_made_keeps_nothing_and_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / RENDERINGS).write_text("not a folder")
    assert await asked(tmp_path, (LINE, "publish"), (LINE, "first")) == [LINE]


async def test_a_disk_that_is_full_keeps_no_half_of_a_clip_and_stops_nobody(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))  # no file of this process may be larger
    try:
        assert await asked(tmp_path, (LINE, "publish"), (LINE, "first")) == [LINE]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files(tmp_path, "*.*") == []
