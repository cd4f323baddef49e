"""What an engine server counts, for Prometheus. Never a caller's words, never who called."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0)
"""Bounds of the histograms: a caller notices differences of some 50 ms, and gives up after some seconds."""


class ServerMetrics:
    """Counts of one server, in a registry of its own. An engine adds its own to `registry`."""

    def __init__(self, engine: str) -> None:
        """`engine` is `stt` or `tts`: metrics are called `tollfree_ENGINE_…`."""
        self.prefix = f"tollfree_{engine}"
        self.registry = CollectorRegistry()
        self.requests = Counter(
            f"{self.prefix}_requests",
            "Requests answered, by path and status; WebSockets count when they are opened.",
            ("path", "status"),
            registry=self.registry,
        )
        self.request_s = Histogram(
            f"{self.prefix}_request_seconds",
            "From a request to the end of its answer.",
            ("path",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.sockets = Gauge(f"{self.prefix}_sockets", "WebSockets that are open.", registry=self.registry)

    def text(self) -> bytes:
        """All of it, in Prometheus's text format."""
        return generate_latest(self.registry)
