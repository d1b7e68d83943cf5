"""What an operator watches, in the text format of Prometheus.

Counts are read when somebody asks: a request pays for two additions. https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from mockserver import __version__
from mockserver.core.text import Json
from mockserver.core.world import WorldId
from mockserver.engine.coverage import coverage_json
from mockserver.engine.engine import Engine
from mockserver.engine.timings import BOUNDS

MEDIA = CONTENT_TYPE_PLAIN_0_0_4


async def metrics(engine: Engine, state: str) -> str:
    """The page; `state` is the server's."""
    collector = _Collector(engine, state, await engine.store.worlds())
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return generate_latest(registry).decode()


class _Collector:
    """Reads an engine when the registry asks."""

    def __init__(self, engine: Engine, state: str, worlds: list[WorldId]) -> None:
        self._engine = engine
        self._state = state
        self._worlds = worlds

    def collect(self) -> Iterable[Metric]:
        told = coverage_json(self._engine.coverage)
        yield GaugeMetricFamily("mockserver_ready", "1 while it takes requests.", int(self._state == "ready"))
        about = GaugeMetricFamily("mockserver_build", "Always 1.", labels=["version"])
        about.add_metric([__version__], 1)
        yield about
        yield from _calls(told)
        yield self._durations()
        yield from self._journal()
        yield self._deliveries()
        worlds = GaugeMetricFamily("mockserver_worlds", "Worlds there are.", labels=["provider"])
        counted = Counter(world.provider for world in self._worlds)
        for provider in self._engine.services:
            worlds.add_metric([provider], counted[provider])
        yield worlds
        faults = sum(1 for _ in self._engine.faults.standing())
        yield GaugeMetricFamily("mockserver_faults_set", "Faults that are set.", faults)

    def _durations(self) -> Metric:
        family = HistogramMetricFamily(
            "mockserver_reply_seconds", "From request to decided reply, without the network.", labels=["provider"]
        )
        timings = self._engine.timings
        for provider, counts in timings.counts.items():
            total, buckets = 0, []
            for bound, count in zip((*BOUNDS, None), counts, strict=True):
                total += count
                buckets.append(("+Inf" if bound is None else str(bound / 1e6), total))
            family.add_metric([provider], buckets, timings.sums[provider] / 1e6)
        return family

    def _journal(self) -> Iterator[Metric]:
        journal = self._engine.journal
        kept = journal.last + 1 - journal.first
        yield GaugeMetricFamily("mockserver_journal_entries", "Exchanges on record.", kept)
        yield GaugeMetricFamily("mockserver_journal_bytes", "About how much memory they take.", journal.bytes)

    def _deliveries(self) -> Metric:
        family = GaugeMetricFamily(
            "mockserver_deliveries", "Webhook deliveries on record, by how they stand.", labels=["provider", "state"]
        )
        counted = Counter((posted.world.provider, posted.delivery.state) for posted in self._engine.outbox)
        for (provider, state), count in sorted(counted.items()):
            family.add_metric([provider, state], count)
        return family


def _calls(told: Json) -> Iterator[Metric]:
    """From coverage: `DELETE /__admin/coverage` lets these begin anew, as a restart does."""
    requests = CounterMetricFamily(
        "mockserver_requests", "Requests, by operation and status.", labels=["provider", "operation", "status"]
    )
    violations = CounterMetricFamily(
        "mockserver_violations", "Requests that broke a rule, by its code.", labels=["provider", "operation", "code"]
    )
    faults = CounterMetricFamily("mockserver_faults", "Times a fault struck, by kind.", labels=["provider", "kind"])
    for provider, each in told.items():
        for tried in each["tried"]:
            for status, count in tried["statuses"].items():
                requests.add_metric([provider, tried["operation"], status], count)
            for code, count in tried["violations"].items():
                violations.add_metric([provider, tried["operation"], code], count)
        if each["unmatched"]:
            requests.add_metric([provider, "", ""], each["unmatched"])
        for kind, count in each["faults"]["met"].items():
            faults.add_metric([provider, kind], count)
    yield requests
    yield violations
    yield faults
