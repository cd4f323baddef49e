import io
import wave
from pathlib import Path

from tests.fakes.voice import HummingVoice
from tests.server.tower import SHOP, address, tower
from tollfree.protocol.role import Role
from tollfree.wiring.settings import Settings
from tollfree.wiring.voice_preview import VoicePreview

VOICES = f"/api/v1/projects/{SHOP}/voices"


async def test_a_voice_is_heard_at_its_speed(tmp_path: Path) -> None:
    loaded: list[str] = []

    def load(name: str, cache: Path) -> HummingVoice:
        loaded.append(name)
        return HummingVoice(name)

    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        made.desk.workbench.voices = VoicePreview(Settings(home=tmp_path, cache=tmp_path), load)
        given = {"voice": "kokoro:af_heart", "speed": 1.1, "text": "Hello there. How are you?"}
        for _ in range(2):
            sound = await client.post(f"{VOICES}/preview", json=given)
        assert sound.headers["content-type"] == "audio/wav" and loaded == ["kokoro:af_heart@1.1"]
        with wave.open(io.BytesIO(sound.content)) as file:
            assert file.getframerate() == 24_000 and file.getnframes() > 24_000


async def test_only_voices_that_are_here_are_heard(tmp_path: Path) -> None:
    async with tower(tmp_path) as made, made.client(address(Role.EDITOR)) as client:
        assert (await client.get(VOICES)).json() == []
        for given in (
            {"voice": "served:ws://169.254.169.254:80#x", "text": "Hello"},
            {"voice": "kokoro:../../x", "text": "Hello"},
            {"voice": "kokoro:nobody", "text": "Hello"},
            {"voice": "kokoro:af_heart", "text": "x" * 201},
            {"voice": "kokoro:af_heart@9", "text": "Hello"},
        ):
            answer = await client.post(f"{VOICES}/preview", json=given)
            assert 400 <= answer.status_code < 500 and answer.json()["code"], given
