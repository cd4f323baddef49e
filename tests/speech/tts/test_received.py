"""What comes from a server is speech of that text, or it is refused."""

import io
import wave

import numpy as np
import pytest
from numpy.typing import NDArray

from tollfree.speech.tts.base import RenderingFailed
from tollfree.speech.tts.received import checked, read_wav

TEXT = "your order is ready"


def tone(seconds: float = 1.5, rate: int = 24_000) -> NDArray[np.float32]:
    time = np.arange(round(seconds * rate)) / rate
    return (0.3 * np.sin(2 * np.pi * 220 * time)).astype(np.float32)


def wav(sound: NDArray[np.float32], rate: int = 24_000, channels: int = 1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat((sound * 32767).astype("<i2"), channels).tobytes())
    return out.getvalue()


@pytest.mark.parametrize("channels", [1, 2])
def test_a_wav_is_read_with_its_rate(channels: int) -> None:
    sound, rate = read_wav(wav(tone(rate=22_050), 22_050, channels))
    assert rate == 22_050 and np.allclose(sound, tone(rate=22_050), atol=0.001)


def test_sizes_that_a_stream_does_not_know_are_not_believed_and_other_chunks_are_passed_over() -> None:
    whole = wav(tone())
    streamed = (
        whole[:4] + b"\xff\xff\xff\xff" + whole[8:36] + b"LIST\x03\0\0\0abc\0" + b"data\xff\xff\xff\xff" + whole[44:]
    )
    assert len(read_wav(streamed)[0]) == len(tone())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b'{"error": "no such voice"}',
        b"<html><body>502 Bad Gateway</body></html>",
        b"ID3\x04\x00" + bytes(1000),
        wav(tone())[:30],
        b"RIFF\0\0\0\0WAVEdata" + bytes(100),
        wav(tone())[:20] + b"\x07\x00" + wav(tone())[22:],  # mu-law
        wav(tone(), channels=7),
    ],
)
def test_what_is_no_wav_is_refused(content: bytes) -> None:
    with pytest.raises(RenderingFailed):
        read_wav(content)


def test_speech_passes() -> None:
    assert len(checked(tone(), 24_000, TEXT)) == 36_000


@pytest.mark.parametrize(
    ("sound", "rate"),
    [
        (np.zeros(0, np.float32), 24_000),
        (tone(0.1), 24_000),
        (tone(60), 24_000),
        (tone(), 1_000),
        (tone(), 7_000_000),
        (np.random.default_rng(0).uniform(-1, 1, 36_000).astype(np.float32), 24_000),
        (np.frombuffer(b"<html><body>Bad gateway</body></html>" * 2000, "<i2").astype(np.float32) / 32768, 24_000),
        ((tone() * 32767).astype("<i2").byteswap().astype(np.float32) / 32768, 24_000),
        (np.full(36_000, np.nan, np.float32), 24_000),
    ],
    ids=["nothing", "too short", "too long", "no rate", "mad rate", "noise", "text", "bytes swapped", "no numbers"],
)
def test_what_cannot_be_the_text_spoken_is_refused(sound: NDArray[np.float32], rate: int) -> None:
    with pytest.raises(RenderingFailed):
        checked(sound, rate, TEXT)
