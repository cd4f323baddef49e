"""When the next piece of outgoing sound is due: by deadlines, so that no lateness adds up."""

FRAME_MS = 20
"""What is sent at a time: one Opus packet."""
_SOON_MS, _SAME_MS = 0.1, 1e-6


class Pace:
    """Keeps what was handed to the sender `lead_ms` ahead of the clock.

    The sender plays on its own thread whatever was handed over. As long as this side is late by less than the lead
    nothing is heard of it: what was missed is handed over together and the queue is as full as before. Once it is
    later than that, the sender has played silence in between; the schedule then moves on by as much, so that nothing
    is skipped, and the queue is not overfilled for the rest of the call.
    """

    def __init__(self, now_ms: float, lead_ms: float) -> None:
        """`now_ms` is on any clock that never jumps; `due` and `wait_ms` take the same clock's."""
        self._lead = lead_ms
        self._handed_until = now_ms
        """The moment at which the sender runs dry."""
        self.late_ms = 0.0
        """How long the sender had nothing to play, altogether."""

    def due(self, now_ms: float) -> int:
        """How many frames to hand over now; they count as handed over."""
        dry = now_ms - self._handed_until
        if dry > 0:
            self.late_ms += dry
            self._handed_until = now_ms
        frames = 0
        while self._handed_until - now_ms < self._lead - _SAME_MS:
            self._handed_until += FRAME_MS
            frames += 1
        return frames

    def restart(self, now_ms: float) -> None:
        """What was handed over has been taken back."""
        self._handed_until = min(self._handed_until, now_ms)

    def wait_ms(self, now_ms: float) -> float:
        """Milliseconds until the next frame is due; some, because just now none is."""
        return max(_SOON_MS, self._handed_until - self._lead - now_ms)
