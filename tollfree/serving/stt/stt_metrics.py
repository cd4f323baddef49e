"""What a server that hears counts besides its requests."""

from prometheus_client import Counter, Histogram

from tollfree.serving.metrics import SECONDS, ServerMetrics
from tollfree.speech.stt.batch_work import Heard

SIZES = (0, 1, 2, 4, 8, 16, 32, 64)


class SttMetrics(ServerMetrics):
    """Turns heard: how many, how long they waited, in what company."""

    def __init__(self) -> None:
        super().__init__("stt")
        self.heard_s = Counter(
            f"{self.prefix}_heard_seconds", "Sound that was heard.", ("urgency",), registry=self.registry
        )
        self.waited_s = Histogram(
            f"{self.prefix}_wait_seconds",
            "From a turn's arrival to the first look at it.",
            ("urgency",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.decode_s = Histogram(
            f"{self.prefix}_decode_seconds", "Work in which a turn had a part.", buckets=SECONDS, registry=self.registry
        )
        self.batch = Histogram(
            f"{self.prefix}_batch_turns",
            "Turns that were decoded together with a turn, itself among them.",
            buckets=SIZES,
            registry=self.registry,
        )
        self.failures = Counter(
            f"{self.prefix}_failures", "Turns that were not heard, by code.", ("code",), registry=self.registry
        )
        self.cancelled = Counter(
            f"{self.prefix}_cancelled", "Turns that nobody wanted any more.", registry=self.registry
        )

    def note(self, heard: Heard, urgency: str, seconds: float) -> None:
        """A turn was heard."""
        self.heard_s.labels(urgency).inc(seconds)
        self.waited_s.labels(urgency).observe(heard.waited_ms / 1000)
        self.decode_s.observe(heard.transcript.took_ms / 1000)
        self.batch.observe(heard.batch)
