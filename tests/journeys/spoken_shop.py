"""The corner shop with a telephone: its project published in virtual time, heard by any recogniser, and answered by a
voice that hums, which costs nothing and sounds the same every time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.examples.conftest import SHOP, TODAY, running
from tests.fakes.voice import HummingVoice
from tollfree.calls.lines.script import Script, read_script_file
from tollfree.protocol.clock import Clock
from tollfree.rehearse.shop import PROJECT, bring_up_to_date
from tollfree.rehearse.spoken import SpokenRehearsal, rehearse_spoken, type_out
from tollfree.speech.stt.base import Recognizer
from tollfree.speech.stt.registry import load_recognizer
from tollfree.weights.errors import WeightsError
from tollfree.weights.find import find
from tollfree.wiring.engines import Engines
from tollfree.wiring.office import Observer, Office
from tollfree.wiring.settings import Settings

VOICES = SHOP / "callers" / "spoken"


def tiny() -> Recognizer:
    """The default recogniser; or a skipped test where its weights are absent."""
    settings = Settings()
    try:
        find("tiny.en", settings.cache)
    except WeightsError as error:
        pytest.skip(error.message)
    return load_recognizer("whisper:tiny.en", settings.cache, threads=1)


@dataclass(frozen=True)
class SpokenShop:
    """A shop that can be called."""

    office: Office
    engines: Engines

    async def call(self, voice: str, name: str, observe: Observer | None = None) -> SpokenRehearsal:
        """A recorded caller's call."""
        script = script_of(name)
        typed = await type_out(self.office, PROJECT, script)
        return await rehearse_spoken(self.office, self.engines, PROJECT, script, VOICES / voice, typed, observe=observe)


def script_of(name: str) -> Script:
    return read_script_file(SHOP / "callers" / f"{name}.txt")


@asynccontextmanager
async def spoken_shop(clock: Clock, home: Path, recognizer: Recognizer) -> AsyncIterator[SpokenShop]:
    """The shop, its backend and its engines, opened and closed."""
    settings = Settings(home=home, recording="none", voice="fake:hum")
    with running("--sandbox", "--today", TODAY) as backend:
        async with await Office.open(settings, clock) as office:
            await bring_up_to_date(office, SHOP, urlsplit(backend.url).port or 0)
            heard_with = settings.model_copy(update={"cache": home / "cache"})
            engines = Engines(heard_with, recognizer, lambda name, cache: HummingVoice(name))
            try:
                yield SpokenShop(office, engines)
            finally:
                await engines.aclose()
