"""A recogniser on another machine: any server that speaks OpenAI's `/v1/audio/transcriptions`."""

import asyncio
import io
import json
import time
import wave
from collections.abc import Mapping, Sequence
from typing import cast

import httpx
import numpy as np

from tollfree.protocol.audio import HEARD_RATE, Samples
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hearing, Hints, Overloaded, RecognitionFailed, TooLate, Urgency
from tollfree.speech.stt.confidence import confidence
from tollfree.speech.stt.decode_queue import DecodeQueue
from tollfree.speech.stt.remote_settings import RemoteSettings, checked
from tollfree.speech.stt.stock_phrases import is_stock, is_weak
from tollfree.speech.stt.turn_hearing import NOTHING
from tollfree.speech.stt.voice_gate import Voiced, VoiceGate
from tollfree.speech.stt.whisper_settings import WhisperSettings
from tollfree.speech.stt.wire import urgency_name

LARGEST_ANSWER = 1024 * 1024
"""Bytes."""
UNKNOWN = 0.8
"""Confidence of a text of which the server says no more: about the share of Whisper's that are right."""
FIRST_AGAIN_S, LAST_AGAIN_S = 0.05, 0.4
"""Seconds between attempts where no connection comes about, doubled each time."""
LONGEST_S = 30.0


class OpenAIRecognizer:
    """Sends a turn as a WAV file. Whether somebody speaks in it is found out here: such servers write words for
    silence. One request at a time, the most urgent first."""

    def __init__(self, url: str, model: str, gate: VoiceGate, settings: RemoteSettings | None = None) -> None:
        """`url` is the base that ends in `/v1`. Raises `UnknownEngine`."""
        self._url = checked(url, ("http", "https"))
        self._model = model
        self._gate = gate
        self._settings = settings or RemoteSettings()
        self._whisper = WhisperSettings()
        self._name = f"openai:{self._url}#{model}"
        self._queue = DecodeQueue[Transcript](self._name)
        self._client = httpx.Client(trust_env=False, headers=self._settings.headers, follow_redirects=False)
        self._format = "verbose_json"

    @property
    def name(self) -> str:
        return self._name

    @property
    def hearing(self) -> Hearing:
        language = self._settings.language or "en"
        return Hearing(languages=(language,), punctuates=True, hints=True, longest_s=LONGEST_S)

    async def transcribe(
        self, samples: Samples, hints: Hints | None = None, *, urgency: Urgency = Urgency.COMMIT
    ) -> Transcript:
        """See `Recognizer.transcribe`."""
        ends_s = time.monotonic() + self._settings.within_s
        kept = samples[-int(LONGEST_S * HEARD_RATE) :].copy()
        try:
            async with asyncio.timeout(self._settings.within_s):
                return await self._queue.run(lambda: self._hear(kept, hints, urgency, ends_s), urgency)
        except TimeoutError as error:
            raise self._late() from error

    async def warm_up(self) -> None:
        """Nothing: a connection that is not used is closed by the server again."""

    async def aclose(self) -> None:
        """Let the thread and the connection go; what still waits is refused."""
        await self._queue.aclose()
        self._client.close()

    def _hear(self, samples: Samples, hints: Hints | None, urgency: Urgency, ends_s: float) -> Transcript:
        """On the queue's thread."""
        began_s = time.perf_counter()
        voiced = self._gate.find(samples.astype(np.float32) / np.float32(32_768))
        if voiced is None:
            return NOTHING
        answer = self._answer(samples, hints, urgency, ends_s)
        return self._told(answer, voiced, (time.perf_counter() - began_s) * 1000)

    def _answer(self, samples: Samples, hints: Hints | None, urgency: Urgency, ends_s: float) -> Mapping[str, object]:
        form = {"model": self._model, "response_format": self._format}
        if self._settings.language not in ("", "auto"):
            form["language"] = self._settings.language
        if hints is not None and hints.vocabulary:
            form["prompt"] = ", ".join(hints.vocabulary)[:2000]
        file = _wav(samples)
        reach_ends_s = min(ends_s, time.monotonic() + self._settings.reach_s)
        again_s = FIRST_AGAIN_S
        while True:
            try:
                return self._read(*self._posted(form, file, urgency, ends_s))
            except httpx.TimeoutException as error:
                raise self._late() from error
            except httpx.TransportError as error:
                if time.monotonic() + again_s > reach_ends_s:
                    raise RecognitionFailed(
                        f"The speech server {self._url} cannot be reached ({type(error).__name__}).", code="unreachable"
                    ) from error
                time.sleep(again_s)
                again_s = min(LAST_AGAIN_S, 2 * again_s)

    def _posted(self, form: dict[str, str], file: bytes, urgency: Urgency, ends_s: float) -> tuple[int, bytes]:
        """The answer in the richest format that the server knows."""
        answer = self._post(form, file, urgency, ends_s)
        if answer[0] in (400, 422) and self._format != "json":
            plain = self._post({**form, "response_format": "json"}, file, urgency, ends_s)
            if plain[0] == 200:
                self._format = "json"
                return plain
        return answer

    def _post(self, form: dict[str, str], file: bytes, urgency: Urgency, ends_s: float) -> tuple[int, bytes]:
        left_s = ends_s - time.monotonic()
        if left_s <= 0:
            raise self._late()
        told = {"X-Tollfree-Urgency": urgency_name(urgency), "X-Tollfree-Deadline-Ms": str(max(1, int(1000 * left_s)))}
        with self._client.stream(
            "POST",
            f"{self._url}/audio/transcriptions",
            data=form,
            files={"file": ("turn.wav", file, "audio/wav")},
            headers=told,
            timeout=httpx.Timeout(left_s, connect=min(left_s, self._settings.reach_s)),
        ) as response:
            body = b""
            for part in response.iter_bytes():
                body += part
                if time.monotonic() > ends_s:
                    raise self._late()
                if len(body) > LARGEST_ANSWER:
                    raise self._failed("its answer is too large")
            return response.status_code, body

    def _read(self, status: int, body: bytes) -> Mapping[str, object]:
        if status == 401:
            raise self._failed(f"it does not take the API key (set {self._settings.key_variable})", retryable=False)
        if status in (429, 503):
            raise Overloaded(f"The speech server {self._url} is busy: it answered {status}.")
        if status != 200:
            raise self._failed(f"it answered {status}", retryable=status >= 500)
        try:
            found: object = json.loads(body)
        except ValueError as error:
            raise self._failed("its answer is no JSON") from error
        if not isinstance(found, dict) or not isinstance(cast(dict[str, object], found).get("text"), str):
            raise self._failed("its answer has no text")
        return cast(dict[str, object], found)

    def _told(self, answer: Mapping[str, object], voiced: Voiced, took_ms: float) -> Transcript:
        text = str(answer["text"]).strip()
        weak = is_weak(text) and voiced.windows < self._whisper.weak_windows
        if not text or is_stock(text) or weak:
            return Transcript(text="", confidence=UNKNOWN, took_ms=took_ms)
        others = answer.get("alternatives")
        alternatives = cast(Sequence[object], others) if isinstance(others, list) else ()
        looks = answer.get("looks")
        return Transcript(
            text=text,
            confidence=_confidence(answer),
            alternatives=tuple(str(one) for one in alternatives if one != text),
            took_ms=took_ms,
            looks=looks if isinstance(looks, int) and looks >= 1 else 1,
        )

    def _late(self) -> TooLate:
        within_ms = 1000 * self._settings.within_s
        return TooLate(f"The speech server {self._url} did not answer within {within_ms:.0f} ms.")

    def _failed(self, why: str, *, retryable: bool = True) -> RecognitionFailed:
        return RecognitionFailed(f"The speech server {self._url} could not hear a turn: {why}.", retryable=retryable)


def _confidence(answer: Mapping[str, object]) -> float:
    """What the server says of it, else what its log-probabilities mean."""
    told = answer.get("confidence")
    if isinstance(told, int | float) and 0 <= told <= 1:
        return float(told)
    segments = answer.get("segments")
    scores: list[float] = []
    for segment in cast(list[object], segments) if isinstance(segments, list) else []:
        score = cast(dict[str, object], segment).get("avg_logprob") if isinstance(segment, dict) else None
        if isinstance(score, int | float):
            scores.append(float(score))
    if not scores:
        return UNKNOWN
    tokens = len(str(answer["text"]).split()) * 4 // 3 + 1
    return confidence(sum(scores) / len(scores), tokens, looks=1, agreed=False)


def _wav(samples: Samples) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(HEARD_RATE)
        sound.writeframes(samples.astype("<i2").tobytes())
    return file.getvalue()
