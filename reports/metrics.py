"""The proof of the figures of days."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily, Metric

from core.observability.metrics import metric_source
from core.system.checked import proof_state

CHECK_JOB = "reports.dailystats_check"


@metric_source
def proofs() -> Iterable[Metric]:
    """What the nightly comparison of the figures of days found. One query."""
    yield GaugeMetricFamily(
        "vacancy_figures_exact",
        "1 if the figures of days were what bookings say when last compared, 0 if not, -1 if they never were.",
        value=proof_state(CHECK_JOB),
    )
