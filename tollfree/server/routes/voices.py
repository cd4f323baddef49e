"""Voices, to be listened to."""

import asyncio

from fastapi import Response
from pydantic import Field

from tollfree.protocol.role import Role
from tollfree.server.access import guarded, may
from tollfree.server.desk import TheDesk
from tollfree.server.routes.flow_models import Asked, Told
from tollfree.speech.tts.registry import voices_here
from tollfree.speech.tts.voice_name import FASTEST, SLOWEST

router = guarded("voices")


class VoiceFacts(Told):
    """A voice of this machine."""

    name: str = Field(examples=["kokoro:af_heart"])
    """As an agent's settings name it. Kokoro's can be blended: `kokoro:af_heart:0.7+af_bella:0.3`."""
    engine: str = Field(examples=["kokoro"])
    title: str = Field(examples=["Heart"])
    """A name for people."""
    accent: str = Field(examples=["American"])
    """`American`, `British`, or empty."""
    blends: bool = Field(examples=[True])
    """Whether it can be blended with others of its engine."""


class GivenPreview(Asked):
    """A few words to be spoken."""

    voice: str = Field(default="", max_length=200, examples=["kokoro:af_heart"])
    """Empty: the installation's voice."""
    speed: float = Field(default=1.0, ge=SLOWEST, le=FASTEST)
    text: str = Field(min_length=1, max_length=200, examples=["Thanks for calling. How can I help?"])


@router.get("/projects/{project}/voices", dependencies=[may(Role.VIEWER)])
async def list_voices(desk: TheDesk, project: str) -> list[VoiceFacts]:
    """The voices whose weights are on the machine that the server runs on."""
    names = await asyncio.to_thread(voices_here, desk.office.settings.cache)
    return [_facts(name) for name in names]


@router.post(
    "/projects/{project}/voices/preview",
    dependencies=[may(Role.EDITOR)],
    response_class=Response,
    responses={200: {"content": {"audio/wav": {}}, "description": "The words, spoken: 24 kHz, mono, 16 bits."}},
)
async def preview_voice(desk: TheDesk, project: str, given: GivenPreview) -> Response:
    """Hear a voice. The first words of one that is not loaded take some seconds."""
    sound = await desk.workbench.voices.speak(given.voice, given.speed, given.text)
    return Response(sound, media_type="audio/wav")


def _facts(name: str) -> VoiceFacts:
    engine, _, voice = name.partition(":")
    kokoro = engine.startswith("kokoro")
    accent = {"a": "American", "b": "British"}.get(voice[:1], "") if kokoro else ""
    title = voice.partition("_")[2].replace("_", " ").title() if kokoro else voice
    return VoiceFacts(name=name, engine=engine, title=title, accent=accent, blends=kokoro)
