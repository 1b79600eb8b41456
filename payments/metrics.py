"""Payments in figures."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily, Metric

from core.observability.metrics import metric_source
from core.system.checked import proof_state
from payments.models import Payment, Refund, RefundStatus, WebhookEvent

LEDGER_JOB = "payments.ledger_check"
INVOICES_JOB = "payments.invoices_check"


@metric_source
def payments() -> Iterable[Metric]:
    """Payments, refunds and provider events whose end is not known, and what lies with finance. Four queries."""
    family = GaugeMetricFamily(
        "vacancy_payments_open", "Payments whose end is not known yet.", labels=("gateway",)
    )
    for gateway, number in (
        Payment.objects.open().order_by().values_list("gateway").annotate(number=Count("pk"))
    ):
        family.add_metric((gateway,), number)
    yield family
    yield GaugeMetricFamily(
        "vacancy_payments_flagged",
        "Payments that finance should look at.",
        value=Payment.objects.exclude(flag="").count(),
    )
    yield GaugeMetricFamily(
        "vacancy_refunds_pending",
        "Refunds that are not made yet.",
        value=Refund.objects.filter(status=RefundStatus.PENDING).count(),
    )
    yield GaugeMetricFamily(
        "vacancy_payment_events_open",
        "Provider events that are not processed yet.",
        value=WebhookEvent.objects.filter(processed_at=None).count(),
    )


@metric_source
def proofs() -> Iterable[Metric]:
    """What the nightly proofs of ledger and invoices found. Two queries."""
    yield GaugeMetricFamily(
        "vacancy_ledger_exact",
        "1 if every folio added up when last proved, 0 if not, -1 if it never was.",
        value=proof_state(LEDGER_JOB),
    )
    yield GaugeMetricFamily(
        "vacancy_invoices_exact",
        "1 if every invoice was right when last proved, 0 if not, -1 if it never was.",
        value=proof_state(INVOICES_JOB),
    )
