"""When the next piece of outgoing sound is due: by deadlines, so that no lateness adds up."""

FRAME_MS = 20
"""What is sent at a time: one Opus packet."""
_SOON_MS, _SAME_MS = 0.1, 1e-6
_PER_LATENESS = 2
"""Milliseconds of lead for each by which hand-overs have been late."""
_FORGETS = 0.9985
"""What is left of the worst lateness after a hand-over: half of it after nine seconds."""


class Pace:
    """Keeps what was handed to the sender ahead of the clock, by as much as this process needs.

    The sender plays on its own thread whatever was handed over. As long as this side is late by less than the lead
    nothing is heard of it: what was missed is handed over together and the queue is as full as before. Once it is
    later than that, the sender has played silence in between; the schedule then moves on by as much, so that nothing
    is skipped, and the queue is not overfilled for the rest of the call.

    What is ahead is also what is heard after an interruption. So the lead is what this process's lateness of late asks
    for: it grows at once when the process is late, and shrinks over the seconds in which it is not.
    """

    def __init__(self, now_ms: float, lead_ms: float, least_ms: float | None = None) -> None:
        """`now_ms` is on any clock that never jumps; the methods take the same clock's. The lead is between `least_ms`
        and `lead_ms`, at first the most; without `least_ms` it stays so."""
        self._most = self._lead = lead_ms
        self._least = lead_ms if least_ms is None else least_ms
        self._lateness = (self._most - self._least) / _PER_LATENESS
        """How late hand-overs have been, the worst of late, in milliseconds."""
        self._handed_until = self._due = now_ms
        """The moment at which the sender runs dry, and the one at which the next frame is to be handed over."""
        self.late_ms = 0.0
        """How long the sender had nothing to play, altogether."""

    @property
    def lead_ms(self) -> float:
        """How far ahead is handed over just now, at least."""
        return self._lead

    def due(self, now_ms: float) -> int:
        """How many frames to hand over now; they count as handed over."""
        if now_ms < self._due - _SAME_MS:
            return 0
        self._lateness = max(now_ms - self._due, self._lateness * _FORGETS)
        self._lead = min(self._most, self._least + _PER_LATENESS * self._lateness)
        dry = now_ms - self._handed_until
        if dry > 0:
            self.late_ms += dry
            self._handed_until = now_ms
        frames = 0
        while self._handed_until - now_ms < self._lead - _SAME_MS:
            self._handed_until += FRAME_MS
            frames += 1
        self._due = self._handed_until - self._lead
        return frames

    def restart(self, now_ms: float) -> None:
        """What was handed over has been taken back."""
        self._handed_until = min(self._handed_until, now_ms)
        self._due = min(self._due, now_ms)

    def wait_ms(self, now_ms: float) -> float:
        """Milliseconds until the next frame is due; some, because just now none is."""
        return max(_SOON_MS, self._due - now_ms)
