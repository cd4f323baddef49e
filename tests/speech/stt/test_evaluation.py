"""`tollfree eval speech`: any file, and no bad one stops the rest."""

import json
import wave
from pathlib import Path

import av
import click.testing
import numpy as np
import pytest

from tests.fakes.recognizer import ScriptedRecognizer
from tollfree.cli.eval_speech import BadReferences, Slots, as_json
from tollfree.cli.main import cli
from tollfree.protocol.audio import HEARD_RATE
from tollfree.protocol.clock import SystemClock
from tollfree.speech.stt.evaluation import ClipHeard, ClipMissed, hear_clips, speech_report
from tollfree.speech.stt.sound_file import UnreadableSound, read_recording


def tone(seconds: float, rate: int) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def write(path: Path, codec: str, *, rate: int, channels: int, seconds: float = 1.0) -> Path:
    """A tone in a file of that kind."""
    layout = "stereo" if channels == 2 else "mono"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        sound = np.stack([tone(seconds, rate)] * channels)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout=layout)
        frame.rate = rate
        resampler = av.AudioResampler(
            format=stream.format.name, layout=layout, rate=rate, frame_size=stream.codec_context.frame_size or 0
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec", "rate", "channels"),
    [
        ("a.wav", "pcm_s16le", 8_000, 1),
        ("a.wav", "pcm_f32le", 48_000, 2),
        ("a.flac", "flac", 44_100, 2),
        ("a.ogg", "libopus", 48_000, 2),
        ("a.mp3", "libmp3lame", 44_100, 1),
    ],
)
def test_a_recording_of_any_kind_is_read_as_callers_are_heard(
    tmp_path: Path, name: str, codec: str, rate: int, channels: int
) -> None:
    recording = read_recording(write(tmp_path / name, codec, rate=rate, channels=channels))
    assert recording.samples.dtype == np.int16 and recording.missing_s == 0
    assert abs(recording.seconds - 1.0) < 0.1
    middle = recording.samples[HEARD_RATE // 4 : HEARD_RATE // 2].astype(np.float64)
    assert 0.15 < np.sqrt(np.mean(middle**2)) / 32_768 < 0.27
    crossings = np.count_nonzero(np.diff(np.signbit(middle)))
    assert abs(crossings - 2 * 440 / 4) <= 3


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.flac", "flac")])
def test_a_file_that_was_cut_off_says_how_much_is_missing(tmp_path: Path, name: str, codec: str) -> None:
    path = write(tmp_path / name, codec, rate=16_000, channels=1, seconds=4.0)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    recording = read_recording(path)
    assert recording.seconds < 3 and abs(recording.missing_s + recording.seconds - 4.0) < 0.3


@pytest.mark.parametrize("content", [b"", b"no sound at all", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_is_no_sound_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(UnreadableSound, match=r"a\.wav"):
        read_recording(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("good", "also.good"):
        write(tmp_path / f"{name}.wav", "pcm_s16le", rate=16_000, channels=1)
    cut = write(tmp_path / "cut.wav", "pcm_s16le", rate=16_000, channels=1, seconds=3.0)
    cut.write_bytes(cut.read_bytes()[:40_000])
    with wave.open(str(tmp_path / "long.wav"), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes(np.full(8_000 * 40, 9_000, np.int16).tobytes())
    (tmp_path / "junk.wav").write_bytes(b"junk")
    return tmp_path


REFS = {
    "good": "where is my order",
    "also.good.wav": "four one seven five five",
    "cut": "where is my order",
    "long": "where is my order",
    "junk": "nothing",
    "gone": "nothing",
}


async def test_only_whole_recordings_count_and_every_other_is_told(folder: Path) -> None:
    recognizer = ScriptedRecognizer(["Where is my order?", "4 1 7 5 6", "where", "order"])
    told = [one async for one in hear_clips(REFS, folder, recognizer, SystemClock())]
    report = speech_report(recognizer.name, told)
    assert (report.clips, report.words, report.errors, report.wer) == (2, 5, 1, 0.2)
    assert [one.hypothesis for one in report.results] == ["Where is my order?", "4 1 7 5 6", "where", "order"]
    problems = {one.clip: one.problem for one in told if one.problem} if told else {}
    assert set(problems) == {"cut", "long", "junk", "gone"}
    assert all(isinstance(one, (ClipHeard, ClipMissed)) for one in told)
    assert report.rtf is not None and report.ms_p50 is not None


async def test_the_report_for_programs_has_figures_hypotheses_and_slots(folder: Path) -> None:
    recognizer = ScriptedRecognizer(["Where is my order?", "4 1 7 5 5", "where", "order"])
    told = [one async for one in hear_clips(REFS, folder, recognizer, SystemClock())]
    report = as_json(speech_report(recognizer.name, told), Slots("digits"))
    assert report["wer"] == 0 and report["counted"] == 2 and report["slot_accuracy"] == 1
    assert report["hypotheses"] == {
        "good": "Where is my order?",
        "also.good.wav": "4 1 7 5 5",
        "cut": "where",
        "long": "order",
    }
    assert {"ms_p50", "ms_p95", "rtf", "engine", "clips", "problems"} <= set(report)
    json.dumps(report)


@pytest.mark.parametrize("refs", ["", "[]", '{"a": 1}', None])
def test_a_bad_file_of_references_is_one_plain_error(tmp_path: Path, refs: str | None) -> None:
    if refs is not None:
        (tmp_path / "refs.json").write_text(refs)
    words = ["eval", "speech", "--refs", str(tmp_path / "refs.json"), "--clips", str(tmp_path)]
    told = click.testing.CliRunner().invoke(cli, words)
    assert isinstance(told.exception, BadReferences)
