"""Which voice this machine is fast enough for: measured once, and kept."""

import asyncio
import hashlib
import os
import platform
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pydantic import BaseModel, ConfigDict, ValidationError

from tollfree.speech.stt.base import SpeechError
from tollfree.speech.tts.base import Voice
from tollfree.speech.tts.voice_name import at_speed, split_speed
from tollfree.weights.errors import MissingModel, WeightsError
from tollfree.weights.lock import only_one
from tollfree.weights.manifest import the_manifest
from tollfree.weights.stamps import write_whole
from tollfree.weights.verify import verify

AUTO = "auto"
"""The value of the setting `voice` that leaves the choice to the measurement."""
KOKORO, PIPER = "kokoro:af_heart", "piper:en_US-joe-medium"
NEEDS: Mapping[str, tuple[str, ...]] = {KOKORO: ("kokoro", "kokoro-voices"), PIPER: ("piper",)}
"""The voices that may be chosen, the one people like best first, and the models each needs."""
FAST_ENOUGH = 0.5
"""Seconds of work per second of speech below which a voice that people like better is used: speech stays ahead of
the playhead with half of a core left for the rest of the call."""
SENTENCE = "Thanks for calling. Your order was sent yesterday, and should be with you on Tuesday."
TIMES = 3
"""How often the sentence is rendered; the median counts."""

Loader = Callable[[str, Path], Voice]
"""Loads a voice by name from the cache folder; raises `SpeechError` or `WeightsError`."""
Present = Callable[[str, Path], bool]
"""Whether what a voice needs is in the cache folder."""


class VoiceSpeeds(BaseModel):
    """What was measured on this machine."""

    model_config = ConfigDict(frozen=True)

    machine: str
    """The machine and the software it was measured with; another one is measured anew."""
    factors: Mapping[str, float | None]
    """By voice that is here: seconds of work on one thread per second of speech; None: it cannot speak."""

    @property
    def best(self) -> str | None:
        """The voice to use; None: there is none."""
        usable = {name: factor for name, factor in self.factors.items() if factor is not None}
        for name in NEEDS:
            if usable.get(name, FAST_ENOUGH) < FAST_ENOUGH:
                return name
        return min(usable, key=lambda name: usable[name], default=None)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The file that a measurement is kept in."""

    cache: Path

    @property
    def path(self) -> Path:
        return self.cache / "voices.json"

    def read(self) -> VoiceSpeeds | None:
        """What was measured on a machine like this, if it was."""
        try:
            found = VoiceSpeeds.model_validate_json(self.path.read_bytes())
        except (OSError, ValidationError):
            return None
        return found if found.machine == _machine() else None


def chosen_voice(settings_voice: str, cache: Path) -> str:
    """The name of the voice that agents without one of their own speak with.

    `settings_voice` is the setting, which has the last word unless it is `auto`; it may have a speed behind `@`.
    Measures once where that was not done: some ten seconds. Raises `MissingModel` when there is no voice at all."""
    name, speed = split_speed(settings_voice)
    if name and name != AUTO:
        return settings_voice
    best = measure_voices(cache).best
    if best is None:
        raise MissingModel("There is no voice on this machine. Run `tollfree models pull`.")
    return at_speed(best, speed)


def agent_voice(agent: str, settings_voice: str, cache: Path) -> str:
    """The name of the voice that an agent speaks with. `agent` is its own, or empty, or a speed alone (`@1.1`): then
    the installation's voice speaks, at that speed. Raises as `chosen_voice`."""
    name, speed = split_speed(agent)
    if name:
        return chosen_voice(agent, cache)
    installed, installed_speed = split_speed(chosen_voice(settings_voice, cache))
    return at_speed(installed, speed if speed != 1.0 else installed_speed)


def measured_voices(cache: Path) -> VoiceSpeeds | None:
    """What is known of this machine without measuring; None: nothing."""
    return _Kept(cache).read()


def _load(name: str, cache: Path) -> Voice:
    from tollfree.speech.tts.registry import load_voice  # the engines' libraries, only where they are measured

    return load_voice(name, cache)


def is_here(name: str, cache: Path) -> bool:
    """Whether the models that a voice needs are on this machine."""
    return all(verify(model, cache, trust=True).state == "good" for model in NEEDS[name])


def measure_voices(
    cache: Path, *, again: bool = False, load: Loader = _load, present: Present = is_here
) -> VoiceSpeeds:
    """How fast each voice that is here speaks. Reads what is known and measures the rest, once among all programs of
    this machine; `again` measures all."""
    here = tuple(name for name in NEEDS if present(name, cache))
    kept = _Kept(cache)
    if not again and (known := kept.read()) is not None and set(here) == set(known.factors):
        return known
    try:
        with only_one(cache / "voices.lock", lambda: None):
            return _measure(kept, here, load, again)
    except OSError:  # the folder cannot be written, so it is measured each time
        return _measure(kept, here, load, again)


def _measure(kept: _Kept, here: tuple[str, ...], load: Loader, again: bool) -> VoiceSpeeds:
    known = kept.read()
    factors = {name: known.factors[name] for name in here if known and name in known.factors and not again}
    with ThreadPoolExecutor(1, "measure-voices") as thread:  # the caller's may have a loop that runs
        for name in here:
            if name not in factors:
                try:
                    factors[name] = thread.submit(asyncio.run, _factor(name, kept.cache, load)).result()
                except (SpeechError, WeightsError):
                    factors[name] = None
    found = VoiceSpeeds(machine=_machine(), factors={name: factors[name] for name in here})
    with suppress(OSError):
        write_whole(kept.path, found.model_dump_json(indent=2).encode())
    return found


async def _factor(name: str, cache: Path, load: Loader) -> float:
    """Median of a few renderings. The processor's time counts, where it is less than the clock's: what else the
    machine does at the moment is no property of the voice."""
    voice = load(name, cache)
    try:
        await voice.warm_up()
        return round(median([await _once(voice) for _ in range(TIMES)]), 3)
    finally:
        await voice.aclose()


async def _once(voice: Voice) -> float:
    clock, processor = time.perf_counter(), time.process_time()
    clip = await voice.render(SENTENCE)
    spent = min(time.perf_counter() - clock, time.process_time() - processor)
    return 1000 * spent / clip.ms


def _machine() -> str:
    """Cores, their model, and the weights of the voices."""
    known = the_manifest()
    models = [known.model(name) for names in NEEDS.values() for name in names]
    weights = hashlib.sha256("".join(file.sha256 for one in models for file in one.files.values()).encode())
    return f"{os.cpu_count()} x {_processor()}, {platform.machine()}, weights {weights.hexdigest()[:16]}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
