"""`tollfree eval turns`."""

import os
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Shell
from tollfree.weights.errors import WeightsError
from tollfree.weights.find import find
from tollfree.wiring.settings import Settings

SHARED = Path(os.environ.get("TOLLFREE_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "turns"

_CACHE = {"TOLLFREE_CACHE": str(Settings().cache)}
"""Where the weights are: a test's own cache has none."""


def _weights() -> None:
    try:
        find("tiny.en", Settings().cache)
    except WeightsError as error:
        pytest.skip(error.message)


def _wav(file: Path, samples: np.ndarray) -> None:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(samples.astype(np.int16).tobytes())


def test_a_folder_that_is_not_there_is_named(shell: Shell, tmp_path: Path) -> None:
    ran = shell("eval", "turns", "--clips", str(tmp_path / "nowhere"))
    assert ran.code != 0
    assert "is no folder" in ran.err


def test_a_folder_without_sound_says_so(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    ran = shell("eval", "turns", "--clips", str(tmp_path))
    assert ran.code != 0
    assert "nothing to listen to" in ran.err and "broken.wav" in ran.err


def test_silence_has_no_turn_and_a_broken_clip_is_told_of(shell: Shell, tmp_path: Path) -> None:
    _weights()
    _wav(tmp_path / "silence.wav", np.zeros(16_000))
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    report = shell("eval", "turns", "--clips", str(tmp_path), "--json", env=_CACHE).json
    assert [(clip["clip"], clip["commits"]) for clip in report["clips"]] == [("silence.wav", [])]
    assert (report["splits"], report["turns_cut"], report["waited_ms_p50"]) == (0, 0, None)
    assert "broken.wav" in report["problems"][0]


def test_a_yes_of_a_real_person_is_one_turn(shell: Shell, tmp_path: Path) -> None:
    _weights()
    if not (SHARED / "dg_yes.wav").exists():
        pytest.skip(f"There are no clips of real people at {SHARED}.")
    shutil.copy(SHARED / "dg_yes.wav", tmp_path)
    report = shell("eval", "turns", "--clips", str(tmp_path), "--engine", "whisper:tiny.en", "--json", env=_CACHE).json
    (clip,) = report["clips"]
    assert clip["splits"] == 0
    assert [commit["text"].strip(".!").lower() for commit in clip["commits"]] == ["yes"]
    assert clip["waited_ms"] == clip["commits"][0]["waited_ms"]
