"""Clips on disk are whole or not there, whoever wrote them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.voice import HummingVoice
from tollfree.speech.tts.base import Clip
from tollfree.speech.tts.renderings import Renderings

HOUR = 3600
WRITER = """
import asyncio, sys
from pathlib import Path
from tests.fakes.voice import HummingVoice
from tollfree.speech.tts.renderings import Renderings
voice, kept = HummingVoice(), Renderings(Path(sys.argv[1]), limit_bytes=400_000)
for turn in range(40):
    text = f"Line {turn % 8}."
    found = kept.find(voice, text)
    assert found is None or found.text == text
    kept.keep(voice, asyncio.run(voice.render(text)))
"""


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.clip"))


async def clip_of(text: str) -> Clip:
    return await HummingVoice().render(text)


async def test_what_was_kept_is_found_as_it_was(tmp_path: Path) -> None:
    clip = await clip_of("Your order 41755 is ready.")
    kept = Renderings(tmp_path)
    assert kept.find(HummingVoice(), clip.text) is None
    kept.keep(HummingVoice(), clip)
    found = Renderings(tmp_path).find(HummingVoice(), clip.text)
    assert found is not None and found.text == clip.text
    assert np.array_equal(found.samples, clip.samples) and found.samples.dtype == np.int16
    assert [(word.end, round(word.end_ms)) for word in found.words] == [
        (word.end, round(word.end_ms)) for word in clip.words
    ]


async def test_another_voice_model_or_text_has_its_own(tmp_path: Path) -> None:
    kept = Renderings(tmp_path)
    kept.keep(HummingVoice(), await clip_of("Yes."))
    assert kept.find(HummingVoice("fake:other"), "Yes.") is None
    assert kept.find(HummingVoice(), "Yes") is None
    assert kept.has(HummingVoice(), "Yes.") and not kept.has(HummingVoice(), "No.")


@pytest.mark.parametrize("damage", ["short", "long", "flipped", "head", "empty"])
async def test_a_damaged_file_counts_as_none_and_is_removed(tmp_path: Path, damage: str) -> None:
    kept = Renderings(tmp_path)
    kept.keep(HummingVoice(), await clip_of("Yes."))
    (file,) = files(tmp_path)
    whole = file.read_bytes()
    flipped = whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:]
    file.write_bytes(
        {"short": whole[:-2], "long": whole + b"\0\0", "flipped": flipped, "head": b"{}" + whole, "empty": b""}[damage]
    )
    assert kept.find(HummingVoice(), "Yes.") is None
    assert not file.exists()


async def test_beyond_the_limit_those_used_longest_ago_go_first(tmp_path: Path) -> None:
    clips = [await clip_of(f"This is line number {word}.") for word in ("one", "two", "three", "four", "five", "six")]
    size = len(clips[0].samples) * 2
    kept = Renderings(tmp_path, limit_bytes=round(size * 4.5))
    old = time.time() - 10 * HOUR
    for place, clip in enumerate(clips[:4]):
        kept.keep(HummingVoice(), clip)
        for file in files(tmp_path):
            if file.stat().st_mtime > old + 5 * HOUR:
                os.utime(file, (old + place, old + place))
    assert kept.find(HummingVoice(), clips[0].text) is not None  # used again, so no longer the oldest
    for clip in clips[4:]:
        kept.keep(HummingVoice(), clip)
    there = [kept.has(HummingVoice(), clip.text) for clip in clips]
    assert there[0] and not there[1] and there[5]
    assert sum(file.stat().st_size for file in files(tmp_path)) <= size * 4.5


async def test_a_folder_that_cannot_be_written_keeps_nothing_and_raises_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    kept = Renderings(blocked)
    kept.keep(HummingVoice(), await clip_of("Yes."))
    assert kept.find(HummingVoice(), "Yes.") is None


async def test_a_large_file_is_left_for_a_thread(tmp_path: Path) -> None:
    kept = Renderings(tmp_path)
    samples = np.zeros(1_100_000, np.int16)
    kept.keep(HummingVoice(), Clip(text="Long.", samples=samples))
    assert kept.find_quickly(HummingVoice(), "Long.") is None
    assert kept.find(HummingVoice(), "Long.") is not None


def test_several_processes_may_write_read_and_sweep_at_once(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], cwd=Path(__file__).parents[3]) for _ in "abc"
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert not list(tmp_path.rglob("*.partial"))
    assert sum(file.stat().st_size for file in files(tmp_path)) <= 500_000
