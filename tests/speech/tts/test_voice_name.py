"""Names of voices: many ways of writing one, one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.voice_name import VoiceName, at_speed, split_speed


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("kokoro:af_heart", "kokoro:af_heart"),
        ("kokoro:af_heart@1", "kokoro:af_heart"),
        ("kokoro:af_heart:3", "kokoro:af_heart"),
        ("kokoro:af_heart@1.10", "kokoro:af_heart@1.1"),
        ("kokoro:af_heart+af_bella", "kokoro:af_bella+af_heart"),
        ("kokoro:af_bella:2+af_heart:2", "kokoro:af_bella+af_heart"),
        ("kokoro:af_bella:0.3+af_heart:0.7", "kokoro:af_heart:0.7+af_bella:0.3"),
        ("kokoro:af_heart:7+af_bella:3@0.9", "kokoro:af_heart:0.7+af_bella:0.3@0.9"),
        ("kokoro:af_heart+af_bella+af_heart", "kokoro:af_heart:0.667+af_bella:0.333"),
        ("piper:en_US-joe-medium@2", "piper:en_US-joe-medium@2"),
    ],
)
def test_every_way_of_writing_a_voice_has_one_name(written: str, name: str) -> None:
    assert str(VoiceName.read(written)) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "kokoro",
        "kokoro:",
        "kokoro:+",
        "kokoro:af_heart+",
        "kokoro:af_heart:0",
        "kokoro:af_heart:-1+af_bella",
        "kokoro:af_heart:nan",
        "kokoro:af_heart:much",
        "kokoro:../x",
        "kokoro:af heart",
        "kokoro:af_heart@fast",
        "kokoro:af_heart@0.4",
        "kokoro:af_heart@2.1",
        "kokoro:af_heart@nan",
        "kokoro:" + "+".join(f"v{number}" for number in range(9)),
    ],
)
def test_what_is_no_name_is_refused_and_says_how_to_write_one(name: str) -> None:
    with pytest.raises(UnknownEngine) as refused:
        VoiceName.read(name)
    assert any(word in refused.value.message for word in ("write", "written", "to 2.0", "most"))


@given(st.dictionaries(st.sampled_from(["a_x", "b_y", "c_z"]), st.integers(1, 20), min_size=1), st.integers(50, 200))
def test_a_name_reads_as_itself(shares: dict[str, int], percent: int) -> None:
    written = at_speed("kokoro:" + "+".join(f"{voice}:{share}" for voice, share in shares.items()), percent / 100)
    name = str(VoiceName.read(written))
    assert str(VoiceName.read(name)) == name
    assert sum(share for _, share in VoiceName.read(name).parts) == pytest.approx(1)


def test_a_speed_is_told_apart_from_the_name() -> None:
    assert split_speed("served:ws://speech:8200#kokoro:af_heart@1.25") == (
        "served:ws://speech:8200#kokoro:af_heart",
        1.25,
    )
    assert split_speed("") == ("", 1.0) and at_speed("", 1.1) == "@1.1"
