"""Names of voices on servers."""

import pytest

from tollfree.speech.stt.base import UnknownEngine
from tollfree.speech.tts.server_name import ServerAccess, ServerName, on_server


def test_a_voice_of_ours_has_an_address_a_voice_and_perhaps_a_speed() -> None:
    name = ServerName.read("served:ws://speech:8802/#kokoro:af_heart:0.7+af_bella:0.3@1.1")
    assert (name.kind, name.url, name.http) == ("served", "ws://speech:8802", "http://speech:8802")
    assert (name.voice, name.speed) == ("kokoro:af_heart:0.7+af_bella:0.3", 1.1)
    assert str(name) == "served:ws://speech:8802#kokoro:af_heart:0.7+af_bella:0.3@1.1"


def test_a_voice_of_others_has_an_address_a_model_and_a_voice() -> None:
    name = ServerName.read("openai:https://host.example/v1#hexgrad/Kokoro-82M/af_bella")
    assert (name.url, name.model, name.voice) == ("https://host.example/v1", "hexgrad/Kokoro-82M", "af_bella")
    assert on_server(str(name)) and not on_server("kokoro:af_heart")


@pytest.mark.parametrize(
    "name",
    [
        "served:",
        "served:ws://speech:8802",
        "served:ws://speech:8802#",
        "served:http://speech:8802#kokoro:af_heart",
        "served:ws://#kokoro:af_heart",
        "served:ws://speech:port#kokoro:af_heart",
        "served:ws://[speech#kokoro:af_heart",
        "openai:http://speech/v1#af_heart",
        "openai:http://speech/v1#/af_heart",
        "openai:ftp://speech/v1#kokoro/af_heart",
    ],
)
def test_what_is_no_address_says_how_to_write_one(name: str) -> None:
    with pytest.raises(UnknownEngine, match="is written like"):
        ServerName.read(name)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(UnknownEngine, match="holds no password") as refused:
        ServerName.read("served:ws://me:hunter2@speech:8802#kokoro:af_heart")
    assert "hunter2" not in refused.value.message


def test_a_key_is_in_no_text_of_the_access() -> None:
    access = ServerAccess(api_key="hunter2")
    assert "hunter2" not in f"{access!r} {access}" and access.headers == {"Authorization": "Bearer hunter2"}
    with pytest.raises(UnknownEngine, match="TOLLFREE_VOICE_API_KEY"):
        ServerAccess(api_key="hunter2\r\nHost: x")
