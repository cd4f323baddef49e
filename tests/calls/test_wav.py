"""A caller made of recordings speaks in their turn, to the sample, from whatever file there is."""

import asyncio
import os
import struct
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
import pytest

from tollfree.calls.errors import BadScript, BadSound
from tollfree.calls.lines.script import read_script
from tollfree.calls.lines.sound_file import PIECE_S, SoundFile
from tollfree.calls.lines.wav import WavMedia
from tollfree.calls.lines.wav_caller import (
    After,
    Clip,
    HangUp,
    Item,
    Keys,
    Now,
    Quiet,
    Silence,
    Wait,
    WavCaller,
    read_wav_caller,
)
from tollfree.calls.media import Found, Frame, Gone, Key
from tollfree.calls.playout import Playout
from tollfree.calls.virtual_time import run_virtually
from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE, Samples
from tollfree.protocol.clock import Clock


def tone(ms: float, rate: int = HEARD_RATE, hz: float = 440.0, level: float = 0.3) -> Samples:
    return (32_767 * level * np.sin(2 * np.pi * hz * np.arange(round(rate * ms / 1000)) / rate)).astype(np.int16)


def line(ms: float) -> Samples:
    """Something the agent says."""
    return tone(ms, SPOKEN_RATE, 200.0)


def level_db(samples: Samples) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples, dtype=np.float64))) / 32_768))


@dataclass
class Call:
    """What was heard of the caller: their sound, keys with the time, the end with the time."""

    sound: Samples = field(default_factory=lambda: np.zeros(0, np.int16))
    keys: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    found: list[Found] = field(default_factory=list[Found])
    gone: Gone | None = None
    gone_ms: float = 0.0

    def spans(self) -> list[tuple[int, int]]:
        """When the caller spoke, ms from the beginning of the call."""
        frames = self.sound.reshape(-1, 320)
        loud = [level_db(frame) > -45 for frame in frames]
        edges = np.flatnonzero(np.diff(np.array([False, *loud, False], np.int8)))
        return [(int(start) * 20, int(end) * 20) for start, end in edges.reshape(-1, 2)]


async def place(media: WavMedia, clock: Clock, agent: Sequence[tuple[float, float]] = ()) -> Call:
    """A call with an agent who speaks at given times, each for so long, ms. It lasts until the caller is gone."""
    call, playout, frames = Call(), Playout(), [np.zeros(0, np.int16)]
    began = clock.elapsed_ms()

    async def speak() -> None:
        for at_ms, ms in agent:  # in time for the tick at which it is to be taken
            await clock.sleep(max(0.0, at_ms - 10 - (clock.elapsed_ms() - began)) / 1000)
            playout.play(line(ms))

    task = asyncio.create_task(speak())
    await asyncio.sleep(0)
    await media.start(playout)
    while call.gone is None:
        match await media.next():
            case Frame(samples=samples):
                frames.append(samples)
            case Key(key=key):
                call.keys.append((key, clock.elapsed_ms() - began))
            case Found() as found:
                call.found.append(found)
            case Gone() as gone:
                call.gone, call.gone_ms = gone, clock.elapsed_ms() - began
    task.cancel()
    await media.close()
    call.sound = np.concatenate(frames)
    return call


def played(items: Sequence[Item], agent: Sequence[tuple[float, float]] = (), **options: float) -> Call:
    caller = WavCaller("somebody", tuple(items), **options)
    return run_virtually(lambda clock: place(WavMedia(caller, clock), clock, agent))


def write_wav(file: Path, samples: Samples, rate: int = HEARD_RATE, channels: int = 1) -> Path:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    return file


def encode(file: Path, samples: Samples, codec: str, rate: int) -> Path:
    """A file of another format, mono."""
    with av.open(str(file), "w") as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=rate, frame_size=stream.frame_size)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return file


def read(file: Path, **options: str) -> tuple[Samples, list[str]]:
    faults: list[str] = []
    return np.concatenate(list(SoundFile(file, **options).pieces(faults))), faults  # type: ignore[arg-type]


# When the caller speaks


def test_the_caller_waits_until_the_agent_has_spoken_and_is_quiet() -> None:
    call = played([Clip(tone(500))], agent=[(1000, 2000)])
    assert call.spans() == [(3800, 4300)]


def test_a_pause_between_two_sentences_is_no_end() -> None:
    call = played([Clip(tone(500))], agent=[(0, 1000), (1500, 1000)])
    assert call.spans() == [(3300, 3800)]


def test_turns_alternate_with_the_agents_answers() -> None:
    call = played([Clip(tone(400)), Clip(tone(600))], agent=[(0, 1000), (3000, 1000)])
    assert call.spans() == [(1800, 2200), (4800, 5400)]


def test_the_end_of_a_line_that_the_caller_cut_short_is_no_answer() -> None:
    items = [Clip(tone(300), After(1000)), Clip(tone(300))]
    call = played(items, agent=[(0, 1500), (4000, 1000)])
    assert call.spans() == [(1000, 1300), (5800, 6100)]


def test_speaking_over_the_agent_begins_so_long_after_its_sound_did() -> None:
    call = played([Clip(tone(300), After(1500))], agent=[(500, 4000)])
    assert call.spans() == [(2000, 2300)]


def test_two_sounds_over_one_line_are_both_timed_from_its_beginning() -> None:
    call = played([Clip(tone(200), After(1000)), Clip(tone(200), After(2500))], agent=[(0, 5000)])
    assert call.spans() == [(1000, 1200), (2500, 2700)]


def test_keys_are_pressed_one_after_the_other_in_the_callers_turn() -> None:
    call = played([Keys("41#")], agent=[(0, 1000)])
    assert call.keys == [("4", 1800.0), ("1", 1960.0), ("#", 2120.0)]


def test_a_wait_is_a_wait() -> None:
    call = played([Wait(2), Clip(tone(100), Now()), Wait(1), Clip(tone(100), Now()), HangUp(Now())])
    (first, _), (second, _) = call.spans()
    assert first == 2000
    assert second - first in (1100, 1120)


def test_a_silent_caller_speaks_again_after_the_agent_has_asked_again() -> None:
    call = played([Silence(), Clip(tone(300))], agent=[(0, 1000), (7000, 1000)])
    assert call.spans() == [(8800, 9100)]


def test_a_caller_who_is_never_answered_goes_on_and_hangs_up() -> None:
    call = played([Clip(tone(300))])
    assert call.spans() == [(20_000, 20_300)]
    assert call.gone == Gone(reason="caller_hung_up")


def test_the_caller_hangs_up_when_the_agent_has_answered_the_last_turn() -> None:
    call = played([Clip(tone(300))], agent=[(0, 1000), (3000, 1000)], linger_s=2)
    assert call.gone == Gone(reason="caller_hung_up")
    assert call.gone_ms == 6000


def test_nothing_is_done_after_hanging_up() -> None:
    call = played([HangUp(), Clip(tone(300))], agent=[(0, 1000)])
    assert (call.gone_ms, call.spans()) == (1800, [])


def test_an_agent_who_never_stops_is_spoken_over_in_the_end() -> None:
    call = played([Clip(tone(300)), HangUp(Now())], agent=[(0, 200_000)])
    assert call.spans() == [(120_000, 120_300)]


# Sound


def test_what_is_said_is_played_to_the_sample() -> None:
    said = np.random.default_rng(5).integers(-9000, 9000, 5003).astype(np.int16)
    call = played([Clip(said, Now()), HangUp(Now())])
    assert np.array_equal(call.sound[:5003], said)


def test_the_room_is_never_digitally_silent_and_quieter_than_any_speech() -> None:
    call = played([Wait(3), Clip(np.zeros(8000, np.int16), Now()), HangUp(Now())])
    frames = call.sound.reshape(-1, 320)
    assert all(frame.any() for frame in frames)
    assert -71 < level_db(call.sound) < -69


def test_the_same_call_is_the_same_to_the_sample() -> None:
    items = [Clip(tone(500)), Wait(1), Clip(tone(300))]
    first, second = (played(items, agent=[(0, 1000), (4000, 700)]) for _ in range(2))
    assert np.array_equal(first.sound, second.sound)
    assert first.gone_ms == second.gone_ms


def test_frames_come_every_20_ms_and_the_agents_sound_is_taken_as_often() -> None:
    async def main(clock: Clock) -> tuple[list[float], int]:
        playout, taken, at = Playout(), list[int](), list[float]()
        playout.taken = lambda samples: taken.append(len(samples))
        media = WavMedia(WavCaller("somebody", (Wait(2), HangUp(Now()))), clock)
        await media.start(playout)
        while isinstance(await media.next(), Frame):
            at.append(clock.elapsed_ms())
        await media.close()
        assert set(taken) == {480}
        return at, len(taken)

    at, taken = run_virtually(main)
    assert at == [tick * 20 for tick in range(1, 101)]
    assert taken == 100


class LateClock:
    """Wakes everybody 30 ms too late, as a busy machine does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.now, self.elapsed_ms, self.working = clock.now, clock.elapsed_ms, clock.working

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds + 0.03 if seconds else 0)


def test_a_late_machine_loses_no_frame_and_does_not_fall_behind() -> None:
    said = np.random.default_rng(5).integers(-9000, 9000, 160_000).astype(np.int16)
    caller = WavCaller("somebody", (Clip(said, Now()), HangUp(Now())))

    async def main(clock: Clock) -> Call:
        late = LateClock(clock)
        return await place(WavMedia(caller, late), late)

    call = run_virtually(main)
    assert np.array_equal(call.sound[:160_000], said)
    assert 10_000 <= call.gone_ms <= 10_060


# Files


@pytest.mark.parametrize(
    ("name", "codec", "rate", "lossy"),
    [
        ("a.flac", "flac", 16_000, False),
        ("a.flac", "flac", 44_100, False),
        ("a.ogg", "libopus", 48_000, True),
        ("a.opus", "libopus", 24_000, True),
        ("a.mp3", "libmp3lame", 22_050, True),
        ("a.wav", "pcm_s16le", 8_000, False),
        ("a.wav", "pcm_f32le", 48_000, False),
        ("a.wav", "pcm_u8", 8_000, True),
        ("a.wav", "pcm_mulaw", 8_000, True),
        ("a.wav", "pcm_s24le", 96_000, False),
    ],
)
def test_files_of_any_format_and_rate_are_heard(tmp_path: Path, name: str, codec: str, rate: int, lossy: bool) -> None:
    file = encode(tmp_path / name, tone(1000, rate), codec, rate)
    samples, faults = read(file)
    assert faults == []
    assert abs(len(samples) - HEARD_RATE) <= (2000 if lossy else 2)
    middle = samples[4000:12_000].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert abs(float(np.argmax(spectrum)) * HEARD_RATE / len(middle) - 440) < 3
    assert abs(level_db(samples[4000:12_000]) - level_db(tone(500))) < 0.5


def test_a_file_at_our_own_rate_is_read_to_the_sample(tmp_path: Path) -> None:
    said = np.random.default_rng(2).integers(-32_768, 32_767, 40_000).astype(np.int16)
    samples, _ = read(write_wav(tmp_path / "a.wav", said))
    assert np.array_equal(samples, said)


@pytest.mark.parametrize(("channel", "expected"), [("left", 0.3), ("right", 0.1), ("mix", 0.2)])
def test_stereo_is_mixed_down_or_one_side_is_taken(tmp_path: Path, channel: str, expected: float) -> None:
    both = np.stack([tone(500, level=0.3), tone(500, level=0.1)], axis=1)
    samples, _ = read(write_wav(tmp_path / "a.wav", both, channels=2), channel=channel)
    assert abs(level_db(samples) - level_db(tone(500, level=expected))) < 0.01


def test_recordings_of_real_people_are_read_whole() -> None:
    folder = Path(os.environ.get("TOLLFREE_SHARED_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
    files = sorted(folder.glob("*/*.wav"))
    if not files:
        pytest.skip(f"no recordings in {folder}; TOLLFREE_SHARED_DATA names another folder")
    for file in files:
        with wave.open(str(file)) as header:
            seconds = header.getnframes() / header.getframerate()
        samples, faults = read(file)
        assert faults == []
        assert len(samples) / HEARD_RATE == pytest.approx(seconds, abs=0.001)


def test_a_long_file_is_read_in_pieces(tmp_path: Path) -> None:
    said = tone(30_000, 8000)
    pieces = list(SoundFile(write_wav(tmp_path / "a.wav", said, 8000)).pieces([]))
    assert sum(map(len, pieces)) == 30 * HEARD_RATE
    assert max(map(len, pieces)) < (PIECE_S + 1) * HEARD_RATE


def test_a_file_is_heard_from_the_beginning_of_the_call_while_the_agent_speaks(tmp_path: Path) -> None:
    caller = read_wav_caller(write_wav(tmp_path / "a.wav", tone(12_000)))
    call = run_virtually(lambda clock: place(WavMedia(caller, clock), clock, [(0, 5000), (12_500, 1000)]))
    assert call.spans() == [(0, 12_000)]
    assert call.gone_ms == 16_500


def test_of_a_file_cut_short_what_is_there_is_heard_and_the_rest_is_told(tmp_path: Path) -> None:
    whole = write_wav(tmp_path / "whole.wav", tone(4000)).read_bytes()
    file = tmp_path / "cut.wav"
    file.write_bytes(whole[: len(whole) // 2 + 1])
    caller = read_wav_caller(file)
    call = run_virtually(lambda clock: place(WavMedia(caller, clock), clock))
    assert call.spans() == [(0, 2000)]
    (found,) = call.found
    assert found.type == "sound_damaged"
    assert found.data["file"] == str(file)
    assert "cut short" in str(found.data["why"])


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_wav_that_was_written_to_a_pipe_is_whole(tmp_path: Path, size: int) -> None:
    whole = write_wav(tmp_path / "whole.wav", tone(1000)).read_bytes()
    file = tmp_path / "piped.wav"
    file.write_bytes(whole[:40] + struct.pack("<I", size) + whole[44:])
    samples, faults = read(file)
    assert (len(samples), faults) == (HEARD_RATE, [])


@pytest.mark.parametrize(("name", "codec"), [("a.flac", "flac"), ("a.mp3", "libmp3lame"), ("a.opus", "libopus")])
def test_a_file_damaged_in_its_middle_goes_on_after_it(tmp_path: Path, name: str, codec: str) -> None:
    file = encode(tmp_path / name, tone(8000, 24_000), codec, 24_000)
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    file.write_bytes(data)
    samples, faults = read(file)
    assert len(samples) > 5 * HEARD_RATE
    (fault,) = faults
    assert "damaged" in fault or "missing" in fault


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"no sound at all, just words. " * 40, bytes(range(256)) * 50], ids=range(4)
)
def test_a_file_without_sound_is_refused_by_name_and_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd.wav"
    file.write_bytes(content)
    with pytest.raises(BadSound, match=r"odd\.wav cannot be played: .*ffmpeg"):
        read_wav_caller(file)


def test_a_wav_with_a_header_and_no_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSound, match="holds no sound"):
        read_wav_caller(write_wav(tmp_path / "a.wav", np.zeros(0, np.int16)))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSound, match=r"gone\.wav cannot be played"):
        read_wav_caller(tmp_path / "gone.wav")


def test_a_file_that_goes_during_the_call_ends_it_with_a_reason(tmp_path: Path) -> None:
    file = write_wav(tmp_path / "a.wav", tone(1000))
    caller = read_wav_caller(file)
    file.unlink()
    call = run_virtually(lambda clock: place(WavMedia(caller, clock), clock))
    assert call.gone is not None
    assert call.gone.reason == "line_lost"
    assert "a.wav cannot be played" in call.gone.why


# Folders


def test_a_folder_holds_a_turn_a_file_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number, ms in ((2, 400), (10, 600), (1, 200)):
        encode(tmp_path / f"{number}.opus", tone(ms, 24_000), "libopus", 24_000)
    (tmp_path / "README.md").write_text("who speaks here")
    caller = read_wav_caller(tmp_path)
    agent = [(0, 500), (3000, 500), (6000, 500)]
    call = run_virtually(lambda clock: place(WavMedia(caller, clock), clock, agent))
    lengths = [end - start for start, end in call.spans()]
    assert len(lengths) == 3
    assert lengths == sorted(lengths)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSound, match="no sound files"):
        read_wav_caller(tmp_path)


def test_a_script_tells_a_folder_when_keys_are_pressed_and_when_nothing_is_said(tmp_path: Path) -> None:
    for number in (1, 2):
        write_wav(tmp_path / f"0{number}.wav", tone(300))
    script = read_script("a.txt", "hello\n[key 4#]\n[silence]\nthanks\n[hangs up]\n")
    kinds = [type(item) for item in read_wav_caller(tmp_path, script).items]
    assert kinds == [Clip, Keys, Silence, Clip, HangUp]


def test_a_script_and_a_folder_that_differ_are_refused(tmp_path: Path) -> None:
    write_wav(tmp_path / "01.wav", tone(300))
    with pytest.raises(BadScript, match=r"a\.txt has 2 spoken turns, and .* has 1 sound files"):
        read_wav_caller(tmp_path, read_script("a.txt", "hello\nthanks\n"))


# The end


def test_closing_ends_the_call_for_whoever_reads_and_may_be_done_twice() -> None:
    async def main(clock: Clock) -> tuple[list[str], int]:
        playout, taken = Playout(), list[Samples]()
        playout.taken = taken.append
        media = WavMedia(WavCaller("somebody", (Wait(60),)), clock)
        await media.start(playout)
        await clock.sleep(1)
        await media.close()
        await media.close()
        count = len(taken)
        await clock.sleep(1)
        kinds: list[str] = []
        while not kinds or kinds[-1] != "Gone":
            kinds.append(type(await media.next()).__name__)
        return kinds, len(taken) - count

    kinds, taken_after = run_virtually(main)
    assert kinds.count("Gone") == 1
    assert taken_after == 0


def test_a_quiet_that_is_asked_for_is_kept() -> None:
    call = played([Clip(tone(300), Quiet(2000))], agent=[(0, 1000)])
    assert call.spans() == [(3000, 3300)]
