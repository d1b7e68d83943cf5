"""What an operator watches, in the text format of Prometheus.

Counts are read when somebody asks: a request pays for two additions. Workers of one port tell each other's, each with a
label `worker`, its place from 1: a number that stays small however often workers are replaced, and over which sums mean
something (https://prometheus.io/docs/practices/naming/#labels). A worker that is replaced counts from 0 again, which
Prometheus knows as a counter's reset. https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from mockserver import __version__
from mockserver.core.text import Record
from mockserver.core.world import WorldId
from mockserver.engine import remembered
from mockserver.engine.engine import Engine
from mockserver.engine.timings import BOUNDS

MEDIA = CONTENT_TYPE_PLAIN_0_0_4


async def metrics(engine: Engine) -> str:
    """The page, of this server and of those that serve the same port. Raises Silent, and StoreError."""
    collector = _Collector(engine, await remembered.figures(engine), await engine.store.worlds())
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return generate_latest(registry).decode()


class _Collector:
    """Tells what was found when the registry asks."""

    def __init__(self, engine: Engine, figures: list[Record], worlds: list[WorldId]) -> None:
        self._engine = engine
        self._figures = figures
        self._worlds = worlds
        self._labels = [] if figures[0]["place"] is None else ["worker"]

    def collect(self) -> Iterable[Metric]:
        ready, build = (
            self._gauge("ready", "1 while it takes requests."),
            self._gauge("build", "Always 1.", "version"),
        )
        for worker, figures in self._each():
            ready.add_metric(worker, int(figures["state"] == "ready"))
            build.add_metric([__version__, *worker], 1)
        yield ready
        yield build
        yield from self._calls()
        yield self._durations()
        yield from self._journal()
        yield self._deliveries()
        yield from self._shared()

    def _each(self) -> Iterator[tuple[list[str], Record]]:
        """The figures of each server, and the values of its labels."""
        for figures in self._figures:
            yield [str(figures["place"])] if self._labels else [], figures

    def _gauge(self, name: str, about: str, *labels: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"mockserver_{name}", about, labels=[*labels, *self._labels])

    def _counter(self, name: str, about: str, *labels: str) -> CounterMetricFamily:
        return CounterMetricFamily(f"mockserver_{name}", about, labels=[*labels, *self._labels])

    def _calls(self) -> Iterator[Metric]:
        """From coverage: `DELETE /__admin/coverage` lets these begin anew, as a restart does."""
        requests = self._counter("requests", "Requests, by operation and status.", "provider", "operation", "status")
        violations = self._counter(
            "violations", "Requests that broke a rule, by its code.", "provider", "operation", "code"
        )
        faults = self._counter("faults", "Times a fault struck, by kind.", "provider", "kind")
        for worker, figures in self._each():
            for provider, told in figures["coverage"].items():
                for operation, count in told["operations"].items():
                    for status, times in count["statuses"]:
                        requests.add_metric([provider, operation, str(status), *worker], times)
                    for code, times in count["codes"].items():
                        violations.add_metric([provider, operation, code, *worker], times)
                if told["unmatched"]:
                    requests.add_metric([provider, "", "", *worker], told["unmatched"])
                for kind, times in told["struck"].items():
                    faults.add_metric([provider, kind, *worker], times)
        yield requests
        yield violations
        yield faults

    def _durations(self) -> Metric:
        family = HistogramMetricFamily(
            "mockserver_reply_seconds",
            "From request to decided reply, without the network.",
            labels=["provider", *self._labels],
        )
        for worker, figures in self._each():
            for provider, counts in figures["timings"]["counts"].items():
                total, buckets = 0, []
                for bound, count in zip((*BOUNDS, None), counts, strict=True):
                    total += count
                    buckets.append(("+Inf" if bound is None else str(bound / 1e6), total))
                family.add_metric([provider, *worker], buckets, figures["timings"]["sums"][provider] / 1e6)
        return family

    def _journal(self) -> Iterator[Metric]:
        entries = self._gauge("journal_entries", "Exchanges on record.")
        memory = self._gauge("journal_bytes", "About how much memory they take.")
        for worker, figures in self._each():
            entries.add_metric(worker, figures["entries"])
            memory.add_metric(worker, figures["bytes"])
        yield entries
        yield memory

    def _deliveries(self) -> Metric:
        family = self._gauge("deliveries", "Webhook deliveries on record, by how they stand.", "provider", "state")
        for worker, figures in self._each():
            for provider, state, count in figures["deliveries"]:
                family.add_metric([provider, state, *worker], count)
        return family

    def _shared(self) -> Iterator[Metric]:
        """What is in the store, and thus no worker's own."""
        worlds = GaugeMetricFamily("mockserver_worlds", "Worlds there are.", labels=["provider"])
        counted = Counter(world.provider for world in self._worlds)
        for provider in self._engine.services:
            worlds.add_metric([provider], counted[provider])
        yield worlds
        faults = sum(1 for _ in self._engine.faults.standing())
        yield GaugeMetricFamily("mockserver_faults_set", "Faults that are set.", faults)
