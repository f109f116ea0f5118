"""What is counted of requests, in the text format of Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics.extras import require

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """Counters of one application, in a registry of their own.

    Args:
        waiting: How many requests wait.
        ready: Whether the model can be asked.

    Attributes:
        in_flight: Requests that are accepted and not answered.
        seconds: From a request's first byte to the last of its answer.
        batch_rows: Rows of what was computed at once.
        rows: Rows that were answered.
    """

    def __init__(self, waiting: Callable[[], float], ready: Callable[[], float]) -> None:
        require("prometheus_client", "`/metrics`")
        import prometheus_client as prometheus

        registry = self._registry = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(registry=registry)
        self._requests = prometheus.Counter(
            "modelspec_requests", "Requests to predict, by status.", ["status"], registry=registry
        )
        self.rows = prometheus.Counter("modelspec_rows", "Rows answered.", registry=registry)
        self.batch_rows = prometheus.Histogram(
            "modelspec_batch_rows", "Rows computed at once.", buckets=ROWS, registry=registry
        )
        self.seconds = prometheus.Histogram(
            "modelspec_request_seconds",
            "From the first byte of a request to its answer.",
            buckets=SECONDS,
            registry=registry,
        )
        self.in_flight = prometheus.Gauge(
            "modelspec_requests_in_flight", "Requests not answered yet.", registry=registry
        )
        gauge = prometheus.Gauge
        gauge("modelspec_queue_length", "Requests that wait.", registry=registry).set_function(
            waiting
        )
        gauge("modelspec_ready", "1 once the model can be asked.", registry=registry).set_function(
            ready
        )
        self._by_status: dict[int, prometheus.Counter] = {}

    def count(self, status: int, seconds: float) -> None:
        """Count one request to predict.

        Args:
            status: Of its answer; 499 for a client that left before.
            seconds: What it took.
        """
        counter = self._by_status.get(status)
        if counter is None:
            counter = self._by_status[status] = self._requests.labels(str(status))
        counter.inc()
        self.seconds.observe(seconds)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All of them, and the media type, as a scraper that accepts these types reads it."""
        require("prometheus_client", "`/metrics`")
        from prometheus_client.exposition import choose_encoder

        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type
