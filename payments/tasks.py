"""What payments leave to workers: provider events, refunds, money that is put aside; and scheduled work.

A provider that surely was not reached is asked again after half a minute, and that was no attempt: the breaker decides
who may call it. One that did not answer in time was asked, so it counts. Whatever is given up here is still found by
the reconcile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from core.outbox import DeadLetter, EffectRun, Postpone, Queue, effect_handler
from core.resilience.breaker import OPEN_SECONDS
from core.schedule import crontab, scheduled_job
from payments import services
from payments.exceptions import GatewayRefused, GatewayTimeout, GatewayUnavailable


@scheduled_job("payments.sandbox_events_deliver", every=30, label=_("deliver the sandbox's events"))
def sandbox_events_deliver(*, at: datetime | None = None) -> int:
    """Let the sandbox's bank send the events that are due; how many."""
    return services.sandbox_events_deliver(at=at)


@scheduled_job("payments.ledger_check", crontab=crontab(hour="2", minute="40"), label=_("prove the ledger"))
def ledger_check(*, at: datetime | None = None) -> int:
    """Compare every folio's entries with their causes, every night; how many folios. Fails if anything differs."""
    return services.ledger_check_nightly()


@scheduled_job(
    "payments.invoices_check", crontab=crontab(hour="2", minute="50"), label=_("prove the invoices")
)
def invoices_check(*, at: datetime | None = None) -> int:
    """Prove every night that invoices have no gap and every sum is right; how many invoices. Fails if any is not."""
    return services.invoices_check_nightly()


@contextmanager
def _provider_asked(run: EffectRun) -> Iterator[None]:
    try:
        yield
    except GatewayUnavailable as error:
        raise Postpone(run.at + timedelta(seconds=OPEN_SECONDS), error.code) from error
    except GatewayRefused as error:
        raise DeadLetter(f"{error.code}: {error.data.get('reason', '')}") from error


@effect_handler("payments.event_process", queue=Queue.PROCESSING, label=_("process a provider's event"))
def event_process(run: EffectRun) -> None:
    """Read again what an event is about; one about a payment that we do not know yet is left to the reconcile."""
    event = services.event_process(event_id=run.payload["event_id"])
    with _provider_asked(run):
        if event.error == GatewayUnavailable.code:
            raise GatewayUnavailable
        if event.error == GatewayTimeout.code:
            raise GatewayTimeout


@effect_handler("payments.refunds_execute", queue=Queue.PROCESSING, label=_("give money back"))
def refunds_execute(run: EffectRun) -> None:
    """Ask the provider for refunds; one that takes its time there is read again by events and the reconcile."""
    with _provider_asked(run):
        for refund_id in run.payload["refund_ids"]:
            services.refund_ask(refund_id=refund_id)


@effect_handler("payments.capture", queue=Queue.PROCESSING, label=_("take money that is put aside"))
def payment_capture(run: EffectRun) -> None:
    """Take what was decided on."""
    with _provider_asked(run):
        services.payment_capture_execute(payment_id=run.payload["payment_id"])


@effect_handler("payments.release", queue=Queue.PROCESSING, label=_("release money that is put aside"))
def payment_release(run: EffectRun) -> None:
    """Let go of what was put aside."""
    with _provider_asked(run):
        services.payment_release_execute(payment_id=run.payload["payment_id"])


@effect_handler("payments.dispute_announce", queue=Queue.PROCESSING, label=_("tell of a dispute"))
def dispute_announce(run: EffectRun) -> None:
    """Tell the apps above of a dispute's new state."""
    services.dispute_announce(dispute_id=run.payload["dispute_id"])
