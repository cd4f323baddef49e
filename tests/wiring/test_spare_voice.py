"""What speaks when an agent's own voice cannot."""

from pathlib import Path

import pytest

from tollfree.calls.errors import BadProject
from tollfree.calls.project import settings_of
from tollfree.wiring.settings import Settings
from tollfree.wiring.spare_voice import spare_voices
from tollfree.wiring.voice_choice import NEEDS, PIPER, agent_voice, is_here


def there() -> set[str]:
    return {name for name in NEEDS if is_here(name, Settings().cache)}


def test_a_spare_is_of_another_engine_and_speaks_at_the_voices_speed() -> None:
    spares = [spare.name for spare in spare_voices("kokoro:bm_george@1.2", Settings().cache)]
    assert spares == [f"{name}@1.2" for name in NEEDS if name in there() and not name.startswith("kokoro")]


def test_nothing_stands_in_where_nothing_is_here(tmp_path: Path) -> None:
    assert spare_voices("served:ws://speech:8802#kokoro:af_heart", tmp_path) == ()


async def test_a_voice_on_a_server_has_a_spare_that_is_ready_to_speak() -> None:
    if PIPER not in there():
        pytest.skip("Piper is not here")
    spares = spare_voices("served:ws://speech:8802#kokoro:af_heart", Settings().cache)
    assert {spare.name for spare in spares} == there()
    assert (await spares[0].render("Hello.")).ms > 100
    for spare in spares:
        await spare.aclose()


@pytest.mark.parametrize(
    ("agent", "installed", "name"),
    [
        ("", "piper:x", "piper:x"),
        ("", "piper:x@1.3", "piper:x@1.3"),
        ("@1.1", "piper:x@1.3", "piper:x@1.1"),
        ("kokoro:y@0.9", "piper:x", "kokoro:y@0.9"),
        ("@1.1", "served:ws://speech:8802#piper:x", "served:ws://speech:8802#piper:x@1.1"),
    ],
)
def test_an_agent_speaks_with_its_own_voice_or_the_installations_at_its_own_speed(
    agent: str, installed: str, name: str, tmp_path: Path
) -> None:
    assert agent_voice(agent, installed, tmp_path) == name


def test_an_agent_has_a_speed_in_one_place() -> None:
    def agent(**more: object) -> str:
        return (
            settings_of({"name": "Shop", "agents": {"main": {"flow": "f", **more}}}, "here").agent("main").spoken_with
        )

    assert agent() == "" and agent(speed=1.2) == "@1.2"
    assert agent(voice="kokoro:a+b", speed=0.9) == "kokoro:a+b@0.9" and agent(voice="kokoro:a@1.5") == "kokoro:a@1.5"
    for wrong in ({"speed": 3}, {"voice": "kokoro:a@1.5", "speed": 1.2}, {"voice": "kokoro:a@fast"}):
        with pytest.raises(BadProject):
            agent(**wrong)
