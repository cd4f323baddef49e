"""Measures a recogniser on recordings of one's own: `tollfree eval speech`."""

import statistics
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tollfree.protocol.clock import Clock
from tollfree.speech.stt.base import Hints, RecognitionFailed, Recognizer
from tollfree.speech.stt.english_words import english_words, word_errors
from tollfree.speech.stt.sound_file import UnreadableSound, read_recording

KINDS = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".webm", ".aiff", ".au")
"""Where several files have a clip's name, the first of these is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipHeard:
    """One recording and what was heard in it."""

    clip: str
    reference: str
    """What is said in it."""
    hypothesis: str
    """What was heard."""
    words: int
    """Of the reference, on normalised text."""
    errors: int
    """Words put in, left out or exchanged."""
    confidence: float
    looks: int
    seconds: float
    """Length of the recording."""
    ms: float
    """What it took."""
    problem: str = ""
    """Why it is not counted: the file was cut off. Empty: it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipMissed:
    """One recording that could not be heard."""

    clip: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechReport:
    """Over all recordings that could be read whole."""

    engine: str
    clips: int
    words: int
    errors: int
    wer: float | None
    """Word errors a word of the references, 0 to 1 and above; None: there were no words."""
    ms_p50: float | None
    ms_p95: float | None
    rtf: float | None
    """Seconds of work a second of sound."""
    results: tuple[ClipHeard, ...]
    missed: tuple[ClipMissed, ...]


async def hear_clips(
    refs: Mapping[str, str], folder: Path, recognizer: Recognizer, clock: Clock, hints: Hints | None = None
) -> AsyncIterator[ClipHeard | ClipMissed]:
    """Every clip of `refs` (name, with or without its ending → what is said), one after the other. What cannot be
    read or heard is told in its place."""
    await recognizer.warm_up()
    for name, reference in refs.items():
        try:
            yield await _heard(name, reference, folder, recognizer, clock, hints)
        except (UnreadableSound, RecognitionFailed) as error:
            yield ClipMissed(clip=name, problem=error.message)


def speech_report(engine: str, told: list[ClipHeard | ClipMissed]) -> SpeechReport:
    """The figures over everything that was told."""
    heard = tuple(one for one in told if isinstance(one, ClipHeard))
    counted = [one for one in heard if not one.problem]
    words, errors = sum(one.words for one in counted), sum(one.errors for one in counted)
    took = sorted(one.ms for one in counted)
    seconds = sum(one.seconds for one in counted)
    return SpeechReport(
        engine=engine,
        clips=len(counted),
        words=words,
        errors=errors,
        wer=errors / words if words else None,
        ms_p50=statistics.median(took) if took else None,
        ms_p95=took[min(len(took) - 1, round(0.95 * (len(took) - 1)))] if took else None,
        rtf=sum(took) / 1000 / seconds if seconds else None,
        results=heard,
        missed=tuple(one for one in told if isinstance(one, ClipMissed)),
    )


async def _heard(
    name: str, reference: str, folder: Path, recognizer: Recognizer, clock: Clock, hints: Hints | None
) -> ClipHeard:
    recording = read_recording(_file(name, folder))
    longest_s = recognizer.hearing.longest_s
    began = clock.elapsed_ms()
    transcript = await recognizer.transcribe(recording.samples, hints)
    ms = clock.elapsed_ms() - began
    problem = ""
    if recording.missing_s:
        problem = f"the file is cut off: {recording.missing_s:.1f} s are missing after {recording.seconds:.1f} s"
    elif recording.seconds > longest_s:
        problem = f"it lasts {recording.seconds:.0f} s; {recognizer.name} hears the last {longest_s:.0f} s of a turn"
    words = english_words(reference)
    return ClipHeard(
        clip=name,
        reference=reference,
        hypothesis=transcript.text,
        words=len(words),
        errors=word_errors(words, english_words(transcript.text)),
        confidence=transcript.confidence,
        looks=transcript.looks,
        seconds=recording.seconds,
        ms=ms,
        problem=problem,
    )


def _file(name: str, folder: Path) -> Path:
    """The recording of that name. Raises `UnreadableSound`."""
    if (exact := folder / name).is_file():
        return exact
    found = {path.suffix.lower(): path for path in sorted(folder.glob(f"{_literal(name)}.*")) if path.stem == name}
    for kind in (*KINDS, *sorted(found)):
        if kind in found:
            return found[kind]
    raise UnreadableSound(f"{folder} has no recording {name}.")


def _literal(name: str) -> str:
    """A name as a pattern that matches nothing else."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in name)
