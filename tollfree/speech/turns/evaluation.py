"""How turns of recorded callers are cut: the real voice activity, listener and recogniser, in the time of the sound,
with the recogniser's own time counted in."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tollfree.protocol.audio import HEARD_RATE, Samples, heard_ms
from tollfree.protocol.clock import Clock
from tollfree.protocol.expectation import Expectation
from tollfree.protocol.transcript import Transcript
from tollfree.speech.stt.base import Hints, Recognizer, Urgency
from tollfree.speech.turns.base import WINDOW, Commit, Drop, Look, Offer, Signal, VoiceActivity, Withdraw
from tollfree.speech.turns.listener import Listens

LEAD_MS, TAIL_MS = 512.0, 4096.0
"""Room tone before a clip, and after it: longer than any patience."""
_ROOM_TONE_DB = -70.0
"""A microphone is never digitally silent."""
_FRAME = HEARD_RATE // 100
_BELOW_LOUDEST_DB = 25.0
_ABOVE_NOISE_DB = 6.0
_SAME_END_MS = 64.0
"""A commit this little before the clip's last sound cut nothing off: it was breath, or the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCut:
    """One turn as it was committed. Milliseconds of the clip."""

    start_ms: float
    speech_end_ms: float
    """Where the listener took the speech to end."""
    at_ms: float
    text: str
    waited_ms: float
    """Silence between the clip's true last speech before the commit, and the commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipTurns:
    """What became of one clip."""

    clip: str
    speech_end_ms: float
    """The last 10 ms that are within 25 dB of the loudest and stand out from the clip's own noise."""
    commits: tuple[TurnCut, ...]
    splits: int
    """Commits before that: the caller was cut off."""
    waited_ms: float | None
    """Silence before the last commit; None when nothing was committed after the speech."""
    offers: int
    """Decodes at a pause."""
    looks: int
    """Interim decodes."""
    decode_ms: float | None
    """Median time of a decode at a pause, which the wait contains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnsReport:
    """Over all clips."""

    clips: tuple[ClipTurns, ...]
    turns_cut: int
    """Clips with at least one split."""
    splits: int
    missed: int
    """Clips whose speech ended without a commit."""
    waited_ms_p50: float | None
    waited_ms_p95: float | None

    @classmethod
    def of(cls, clips: Sequence[ClipTurns]) -> "TurnsReport":
        """Add up."""
        waited = [clip.waited_ms for clip in clips if clip.waited_ms is not None]
        return cls(
            clips=tuple(clips),
            turns_cut=sum(clip.splits > 0 for clip in clips),
            splits=sum(clip.splits for clip in clips),
            missed=sum(clip.waited_ms is None and clip.speech_end_ms > 0 for clip in clips),
            waited_ms_p50=float(np.percentile(waited, 50)) if waited else None,
            waited_ms_p95=float(np.percentile(waited, 95)) if waited else None,
        )


class Loudness:
    """Where a clip is loud, from its level alone: 10 ms frames within 25 dB of the loudest that stand out from the
    clip's own noise."""

    def __init__(self, samples: Samples) -> None:
        frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
        levels = 10 * np.log10(np.mean(frames**2, axis=1) / 32768**2 + 1e-10)
        self._ends_ms: list[float] = []
        if len(levels) and levels.max() > _ROOM_TONE_DB:
            noise_db = float(np.percentile(levels, 5))
            threshold_db = max(float(levels.max()) - _BELOW_LOUDEST_DB, noise_db + _ABOVE_NOISE_DB)
            self._ends_ms = [(int(place) + 1) * 10.0 for place in np.flatnonzero(levels >= threshold_db)]

    @property
    def end_ms(self) -> float:
        """Where the speech is over; 0 where there is none."""
        return self._ends_ms[-1] if self._ends_ms else 0.0

    @property
    def start_ms(self) -> float:
        """Where it begins."""
        return self._ends_ms[0] - 10.0 if self._ends_ms else 0.0

    def dips(self) -> list[tuple[float, float]]:
        """Where it is not loud, between its start and its end."""
        pairs = zip(self._ends_ms, self._ends_ms[1:], strict=False)
        return [(end, later - 10.0) for end, later in pairs if later - 10.0 > end]

    def last_before(self, ms: float) -> float:
        """The end of the latest loud frame by then."""
        return max((end for end in self._ends_ms if end <= ms), default=0.0)


@dataclass(slots=True)
class _Playing:
    """A clip under way. Times are of the sound with its room tone."""

    sound: Samples
    listener: Listens
    recognizer: Recognizer
    clock: Clock
    hints: Hints
    now_ms: float = 0.0
    wanted: Look | Offer | None = None
    """What the recogniser is to hear next. A newer stretch has all that an older had."""
    running: int | None = None
    """The look whose text will be there at `free_ms`."""
    free_ms: float = 0.0
    """When the recogniser has done what it has begun."""
    heard: dict[int, Transcript] = field(default_factory=dict[int, Transcript])
    commits: list[Commit] = field(default_factory=list[Commit])
    decodes_ms: list[float] = field(default_factory=list[float])
    """Of offers alone."""
    offers: int = 0
    looks: int = 0

    def obey(self, signals: Sequence[Signal]) -> None:
        """Do as a line does."""
        for signal in signals:
            match signal:
                case Offer() | Look():
                    self.wanted, self.running = signal, None
                case Commit():
                    self.commits.append(signal)
                    self.wanted = self.running = None
                case Withdraw() | Drop():
                    self.wanted = self.running = None
                case _:
                    pass

    async def recognize(self) -> None:
        """Tell the listener what is decoded by now, and begin what waits once the recogniser is free."""
        if self.now_ms < self.free_ms:
            return
        if self.running is not None:
            look, self.running = self.running, None
            self.obey(self.listener.heard(look, self.heard[look]))
        if (wanted := self.wanted) is not None:
            self.wanted = None
            took_ms = await self._decode(wanted)
            self.free_ms, self.running = self.now_ms + took_ms, wanted.look

    async def _decode(self, wanted: Look | Offer) -> float:
        first, last = (round(ms * HEARD_RATE / 1000) for ms in (wanted.start_ms, wanted.end_ms))
        urgency = Urgency.OFFER if isinstance(wanted, Offer) else Urgency.INTERIM
        began_ms = self.clock.elapsed_ms()
        self.heard[wanted.look] = await self.recognizer.transcribe(self.sound[first:last], self.hints, urgency=urgency)
        took_ms = self.clock.elapsed_ms() - began_ms
        if urgency is Urgency.OFFER:
            self.offers += 1
            self.decodes_ms.append(took_ms)
        else:
            self.looks += 1
        return took_ms


async def evaluate_clip(
    clip: str,
    samples: Samples,
    *,
    listener: Listens,
    activity: VoiceActivity,
    recognizer: Recognizer,
    clock: Clock,
    expectation: Expectation | None = None,
) -> ClipTurns:
    """Play one clip to a listener of its own. What a decode takes by `clock` is time in which the caller goes on.
    Raises `RecognitionFailed`."""
    expectation = expectation or Expectation()
    loudness = Loudness(samples)
    playing = _Playing(
        _between_room_tone(samples), listener, recognizer, clock, Hints(vocabulary=expectation.vocabulary)
    )
    playing.obey(listener.expect(expectation))
    for start in range(0, len(playing.sound) - WINDOW + 1, WINDOW):
        window = playing.sound[start : start + WINDOW]
        playing.now_ms = heard_ms(start + WINDOW)
        playing.obey(listener.window(activity.probability(window), _level_db(window)))
        await playing.recognize()
    cuts = tuple(_cut(commit, playing.heard, loudness) for commit in playing.commits)
    last = cuts[-1] if cuts else None
    return ClipTurns(
        clip=clip,
        speech_end_ms=loudness.end_ms,
        commits=cuts,
        splits=sum(cut.at_ms < loudness.end_ms - _SAME_END_MS for cut in cuts),
        waited_ms=last.waited_ms if last is not None and last.at_ms >= loudness.end_ms - _SAME_END_MS else None,
        offers=playing.offers,
        looks=playing.looks,
        decode_ms=float(np.median(playing.decodes_ms)) if playing.decodes_ms else None,
    )


def _cut(commit: Commit, heard: dict[int, Transcript], loudness: Loudness) -> TurnCut:
    at_ms = commit.at_ms - LEAD_MS
    return TurnCut(
        start_ms=max(0.0, commit.start_ms - LEAD_MS),
        speech_end_ms=commit.speech_end_ms - LEAD_MS,
        at_ms=at_ms,
        text=heard[commit.look].text if commit.look in heard else "",
        waited_ms=at_ms - loudness.last_before(at_ms),
    )


def _between_room_tone(samples: Samples) -> Samples:
    lead, tail = (int(ms * HEARD_RATE / 1000) for ms in (LEAD_MS, TAIL_MS))
    tone = np.random.default_rng(1).normal(0, 32768 * 10 ** (_ROOM_TONE_DB / 20), lead + tail).astype(np.int16)
    return np.concatenate([tone[:lead], samples, tone[lead:]])


def _level_db(window: Samples) -> float:
    power = float(np.mean(np.square(window, dtype=np.float64))) / 32768**2
    return 10 * math.log10(max(power, 1e-10))
