"""The configured engines, ready to be measured."""

import asyncio
from contextlib import aclosing

import numpy as np
from numpy.typing import NDArray

from tollfree.language.llm.base import Chat, ChatModel, Finished, Message, Priority, Words
from tollfree.protocol.audio import HEARD_RATE, SPOKEN_RATE, Samples, heard_ms
from tollfree.protocol.clock import Clock
from tollfree.speech.stt.base import Recognizer, Urgency
from tollfree.speech.tts.speaker import Speaker
from tollfree.wiring.bench import Answered, Subject

TURN = "I would like two large pizzas with extra cheese, and a salad, please."
"""What the recogniser hears: a turn of about four seconds."""
LINE = "Okay, order number {n}. That's two large pizzas and a salad, for twenty-three dollars in all."
"""What voices say; the number keeps it out of every cache."""
PROMPT = "You answer the telephone of a corner shop, in one or two short sentences."
QUESTION = "Order {n}: what should I eat with two large pizzas?"
MAX_TOKENS = 48


def is_served(name: str) -> bool:
    """Whether an engine of that name is on a server, such as `served:ws://10.0.0.2:8101`."""
    return "://" in name


async def spoken_turn(speaker: Speaker) -> Samples:
    """Sound for the recogniser, said by the configured voice, as a caller would be heard. Raises `SpeechError`."""
    async with aclosing(speaker.stream(TURN)) as clips:
        said = [clip.samples async for clip in clips]
    return await asyncio.to_thread(_as_heard, np.concatenate(said))


def hearing(recognizer: Recognizer, samples: Samples, *, in_process: bool) -> Subject:
    """A recogniser that is given the same turn again and again; it keeps nothing of it."""
    seconds = heard_ms(len(samples)) / 1000

    async def ask(n: int) -> Answered:
        await recognizer.transcribe(samples, urgency=Urgency.COMMIT)
        return Answered(amount=seconds)

    return Subject(name=recognizer.name, kind="stt", unit="s heard", in_process=in_process, ask=ask)


def speaking(speaker: Speaker, clock: Clock, *, in_process: bool) -> Subject:
    """A voice that says a line with another number in it each time."""

    async def ask(n: int) -> Answered:
        began_ms, first_ms, line = clock.elapsed_ms(), None, LINE.format(n=n)
        async with aclosing(speaker.stream(line)) as clips:
            async for _ in clips:
                first_ms = clock.elapsed_ms() - began_ms if first_ms is None else first_ms
        return Answered(amount=len(line), first_ms=first_ms)

    return Subject(name=speaker.voice, kind="tts", unit="characters", in_process=in_process, ask=ask)


def answering(model: ChatModel, clock: Clock) -> Subject:
    """A route that is asked for a sentence or two. Such requests give way to those of calls."""

    async def ask(n: int) -> Answered:
        began_ms, first_ms, tokens = clock.elapsed_ms(), None, 0
        messages = (Message("system", PROMPT), Message("user", QUESTION.format(n=n)))
        async for piece in model.stream(Chat(messages=messages, max_tokens=MAX_TOKENS, priority=Priority.SPECULATION)):
            if isinstance(piece, Words) and first_ms is None:
                first_ms = clock.elapsed_ms() - began_ms
            elif isinstance(piece, Finished):
                tokens = piece.completion_tokens
        return Answered(amount=tokens, first_ms=first_ms)

    return Subject(name=f"{model.name} ({model.model})", kind="llm", unit="tokens", in_process=False, ask=ask)


def _as_heard(spoken: Samples) -> Samples:
    import soxr  # pyright: ignore[reportMissingTypeStubs]  # it has none; heavy, and only needed here

    sound = spoken.astype(np.float32) / 32768
    heard: NDArray[np.float32] = soxr.resample(sound, SPOKEN_RATE, HEARD_RATE)  # pyright: ignore[reportUnknownMemberType]
    return (heard * 32767).clip(-32768, 32767).astype(np.int16)
