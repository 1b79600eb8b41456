"""What a refund does to the ledger: made, sent back by the guest's bank, and made again.

Everything here runs inside the transaction that has locked the folio and the payment.
"""

from __future__ import annotations

from decimal import Decimal

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from payments.models import EntryKind, FolioEntry, PaymentFlag, Refund, RefundStatus
from payments.signals import refund_failure_recorded, refund_recorded, refund_returned, refund_succeeded

from .folios import entries_append

logger = structlog.get_logger(__name__)


def refund_post(refund: Refund) -> None:
    """Post a refund, once, and announce it on commit."""
    folio_id = refund.payment.folio_id
    entries_append(
        entries=[
            FolioEntry(
                folio_id=folio_id,
                kind=EntryKind.REFUND,
                description=refund.reason or _("Refund"),
                amount=refund.amount,
                refund=refund,
                dedup_key=f"refund:{refund.pk}",
                created_by_id=refund.created_by_id,
            )
        ]
    )
    refund_recorded.send(sender=Refund, refund=refund)
    refund_id, payment_id = refund.pk, refund.payment_id
    transaction.on_commit(
        lambda: refund_succeeded.send_robust(
            sender=Refund, refund_id=refund_id, payment_id=payment_id, folio_id=folio_id
        ),
        robust=True,
    )


def refund_failure_post(refund: Refund, *, was_made: bool) -> None:
    """Put a flag on the payment for finance; where it had been posted (``was_made``) take it back by another entry."""
    logger.error(
        "refund_returned" if was_made else "refund_failed", refund_id=refund.pk, reason=refund.failure_code
    )
    payment = refund.payment
    payment.flag = PaymentFlag.REFUND_FAILED
    payment.save(update_fields=["flag", "updated_at"])
    refund_failure_recorded.send(sender=Refund, refund=refund)
    if not was_made:
        return
    refund_id, payment_id, folio_id = refund.pk, refund.payment_id, payment.folio_id
    entries_append(
        entries=[
            FolioEntry(
                folio_id=folio_id,
                kind=EntryKind.REFUND_RETURNED,
                description=capfirst(str(EntryKind.REFUND_RETURNED.label)),
                amount=-refund.amount,
                refund=refund,
                dedup_key=f"refund:{refund.pk}:returned",
            )
        ]
    )
    transaction.on_commit(
        lambda: refund_returned.send_robust(
            sender=Refund, refund_id=refund_id, payment_id=payment_id, folio_id=folio_id
        ),
        robust=True,
    )


def failed_refunds_replace(*, folio_id: int, amount: Decimal) -> None:
    """Note that failed refunds of a folio, the oldest first, are asked for anew up to an amount. A query, and one each.

    What lies with finance because it failed is taken off wherever the house still has the guest's money; once it is
    made again it must not be taken off a second time.
    """
    failed = Refund.objects.filter(
        payment__folio_id=folio_id, status=RefundStatus.FAILED, made_again__lt=F("amount")
    )
    for refund in failed.order_by("pk"):
        part = min(amount, refund.amount - refund.made_again)
        if part <= 0:
            return
        refund.made_again += part
        refund.save(update_fields=["made_again", "updated_at"])
        amount -= part
