"""What payments hold about people. Which folios are somebody's, bookings say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import pgtrigger
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.privacy import Person, encloses, finds, holds, holds_nothing
from accounts.privacy.retention import retention
from core.audit.erasing import audit_values_erase
from payments.documents import invoice_file_name, invoice_pdf
from payments.models import Invoice, Payment, WebhookEvent
from payments.types import InvoiceRecipient

FORGET_ROWS = 500
NOBODY = InvoiceRecipient().as_json()
LAW = "books and invoices are kept as long as the law demands (RETENTION_INVOICES_DAYS), then erased"

holds(
    "payments.payment",
    title=_("Payments"),
    order=200,
    find=lambda person: person.by_user("user") | person.by_rows("folio", "payments.folio"),
    shown=("created_at", "amount", "currency", "status", "method", "purpose", "gateway"),
    personal=("user",),
    secret=("redirect_url", "provider_session"),
    kept=("provider_reference",),
    plain=("idempotency_key", "failure_code", "flag"),
    reason=LAW,
)
holds(
    "payments.refund",
    title=_("Refunds"),
    order=201,
    find=lambda person: person.by_rows("payment", "payments.payment"),
    shown=("created_at", "amount", "status"),
    kept=("reason", "provider_reference"),
    plain=("idempotency_key", "failure_code"),
    reason=LAW,
    erase="keep",
)
holds(
    "payments.dispute",
    title=_("Disputed payments"),
    order=202,
    find=lambda person: person.by_rows("payment", "payments.payment"),
    shown=("created_at", "amount", "currency", "status"),
    kept=("provider_reference", "reason"),
    reason=LAW,
    erase="keep",
)
holds(
    "payments.folioentry",
    title=_("Bills"),
    order=203,
    find=lambda person: person.by_rows("folio", "payments.folio"),
    shown=("created_at", "kind", "amount"),
    kept=("description",),
    plain=("taxes", "dedup_key"),
    reason=LAW,
    erase="keep",
)
holds(
    "payments.invoice",
    title=_("Invoices"),
    order=204,
    find=lambda person: person.by_rows("folio", "payments.folio"),
    shown=("number", "issued_on", "kind", "net", "tax", "total", "currency"),
    kept=("recipient_name", "recipient", "stay", "lines", "breakdown", "payments", "reason"),
    plain=("house", "language", "dedup_key"),
    reason=LAW,
    erase="keep",
)
holds(
    "payments.webhookevent",
    title=_("What payment providers told us"),
    scans=True,
    order=205,
    shown=("received_at", "type", "provider_reference"),
    personal=("payload", "error"),
    plain=("gateway", "event_id", "payment_key"),
)
holds(
    "payments.folio",
    order=206,
    plain=("currency", "title"),
    reason="a number and what the house calls it; whose it is, bookings say",
    erase="keep",
)
holds_nothing("payments.invoiceseries", "kind prefix", reason="counters")
holds_nothing("payments.invoicedentry", reason="which entry stands on which invoice")
holds_nothing(
    "payments.sandboxintent",
    "reference idempotency_key scenario state currency return_url",
    reason="a pretended provider's memory",
)
holds_nothing("payments.sandboxrefund", "reference idempotency_key", reason="a pretended provider's memory")


@finds("payments.webhookevent")
def events_of(person: Person) -> Iterable[int]:
    """Events about the person's payments, and those that name an address."""
    keys = person.keys("payments.payment")
    named = person.by_text("payload")
    payments = Payment.objects.filter(pk__in=keys)
    wanted = (
        named
        | Q(provider_reference__in=payments.exclude(provider_reference="").values("provider_reference"))
        | Q(provider_reference__in=payments.exclude(provider_session="").values("provider_session"))
        | Q(payment_key__in=payments.values("idempotency_key"))
    )
    return WebhookEvent.objects.filter(wanted).order_by().values_list("pk", flat=True)


@encloses
def invoices_of(person: Person) -> Iterable[tuple[str, bytes]]:
    """The person's invoices as they were issued."""
    rows = Invoice.objects.filter(pk__in=person.keys("payments.invoice")).select_related(
        "property", "cancels"
    )
    for invoice in rows.order_by("pk"):
        yield f"invoices/{invoice_file_name(invoice)}", invoice_pdf(invoice)


def invoices_forget(before: datetime, dry_run: bool) -> int:
    """Take the recipient and the guest out of invoices that no law wants any more; how many. Figures stay."""
    over = Invoice.objects.filter(issued_on__lt=before.date()).exclude(recipient_name="", recipient=NOBODY)
    if dry_run:
        return over.count()
    total = 0
    while True:
        with transaction.atomic(), pgtrigger.ignore("payments.Invoice:immutable"):
            batch = list(over.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:FORGET_ROWS])
            for invoice in batch:
                invoice.recipient_name, invoice.recipient = "", NOBODY
                invoice.stay = {**invoice.stay, "guest": ""}
            Invoice.objects.bulk_update(batch, ["recipient_name", "recipient", "stay"])
            audit_values_erase(
                model="payments.invoice",
                object_ids=[str(invoice.pk) for invoice in batch],
                columns=["recipient_name", "recipient", "stay"],
            )
        total += len(batch)
        if len(batch) < FORGET_ROWS:
            return total


retention("invoices", title=_("recipients of invoices"), run=invoices_forget)
retention(
    "provider_events",
    model="payments.webhookevent",
    title=_("what payment providers said, after it was worked off"),
    over=lambda before: Q(received_at__lt=before, processed_at__isnull=False) & ~Q(payload={}),
)
