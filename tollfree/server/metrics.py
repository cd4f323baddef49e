"""What Prometheus is told: of this server's requests as they come, and of calls by the store. Nothing personal."""

from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from tollfree.calls.store.hours import Count

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """One for the server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "tollfree_requests", "Requests by route.", ["route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "tollfree_request_seconds",
            "How long they took until the answer began.",
            ["route"],
            buckets=_SECONDS,
            registry=self._registry,
        )

    def seen(self, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def page(
        self,
        running: Mapping[str, int],
        ended: Iterable[tuple[str, Count]],
        deliveries: Mapping[str, int],
    ) -> bytes:
        """All of it, as Prometheus reads it. `running`: calls by project; `ended`: what was counted of each project's
        calls; `deliveries`: messages to webhooks by state."""
        registry = CollectorRegistry()
        calls = Gauge("tollfree_calls_running", "Calls that run now.", ["project"], registry=registry)
        for project, count in running.items():
            calls.labels(project).set(count)
        counted = Gauge(
            "tollfree_calls_counted",
            "Calls that have ended, by what came of them.",
            ["project", "what"],
            registry=registry,
        )
        seconds = Gauge(
            "tollfree_calls_seconds", "How long the calls that have ended lasted.", ["project"], registry=registry
        )
        for project, one in ended:
            counted.labels(project, one.what).set(one.count)
            if one.what == "calls":
                seconds.labels(project).set(one.amount)
        waiting = Gauge("tollfree_webhook_messages", "Messages to webhooks.", ["state"], registry=registry)
        for state, count in deliveries.items():
            waiting.labels(state).set(count)
        return generate_latest(self._registry) + generate_latest(registry)
