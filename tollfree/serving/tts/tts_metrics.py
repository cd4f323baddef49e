"""What the server of voices counts. Never a text."""

from collections.abc import Callable

from prometheus_client import Counter, Gauge, Histogram

from tollfree.serving.metrics import SECONDS, ServerMetrics


class TtsMetrics(ServerMetrics):
    """Renders, where clips came from, and the queue."""

    def __init__(self) -> None:
        super().__init__("tts")
        self.clauses = Counter(
            f"{self.prefix}_clauses",
            "Clauses answered, by where they came from: memory, disk, another (rendered for another request at that "
            "moment), or rendered.",
            ("source",),
            registry=self.registry,
        )
        self.failures = Counter(
            f"{self.prefix}_failures", "Requests that failed, by the error's code.", ("code",), registry=self.registry
        )
        self.cancelled = Counter(
            f"{self.prefix}_cancelled", "Requests that nobody wanted any more.", registry=self.registry
        )
        self.characters = Counter(f"{self.prefix}_characters", "Written characters rendered.", registry=self.registry)
        self.speech_s = Counter(f"{self.prefix}_speech_seconds", "Seconds of speech made.", registry=self.registry)
        self.render_s = Histogram(
            f"{self.prefix}_render_seconds", "Time to render a clause.", buckets=SECONDS, registry=self.registry
        )
        self.wait_s = Histogram(
            f"{self.prefix}_wait_seconds",
            "Time that a clause waited before it was begun.",
            buckets=SECONDS,
            registry=self.registry,
        )
        self._waiting = Gauge(f"{self.prefix}_waiting", "Clauses that wait.", registry=self.registry)

    def watch(self, waiting: Callable[[], int]) -> None:
        """How many clauses wait, asked whenever the metrics are read."""
        self._waiting.set_function(lambda: float(waiting()))
