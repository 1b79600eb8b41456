"""One charge for several stays: a collective payment, and its shares, which are the payments of each stay.

The provider knows only the collective payment. It stands in a collective folio, through which the money passes: what
was captured goes in by its entry and out by one transfer for each share, so that the folio's balance is always zero.
Each share is an ordinary payment in the folio of its stay, in the same state as the whole; so confirmations, receipts,
refunds and the proof of the ledger work with it as with any other. A refund of a share is asked of the provider as a
partial refund of the whole. Folios are locked in this order: those of the stays by id, then the collective one.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core.money import round_money
from payments.exceptions import AmountInvalid, PaymentKeyReused
from payments.models import EntryKind, Folio, FolioEntry, Payment, PaymentPurpose, PaymentStatus, Refund

from .folios import entries_append, folio_lock

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class ShareData:
    """What one stay's folio gets of a collective payment: a positive amount in the payment's currency."""

    folio_id: int
    amount: Decimal
    purpose: PaymentPurpose


def collective_folio_open(*, property_id: int, currency: str) -> Folio:
    """Open a folio that payments for several stays pass through. Inside the caller's transaction; one query.

    ``property_id`` says whose finance looks after it.
    """
    _inside_transaction()
    return Folio.objects.create(property_id=property_id, currency=currency, is_collective=True)


def collective_payment_open(
    *,
    folio_id: int,
    gateway: str,
    purpose: PaymentPurpose,
    shares: Sequence[ShareData],
    idempotency_key: str,
    user: User | None,
    expires_at: datetime | None,
) -> Payment:
    """Write a collective payment and its shares, which `payment_start` with the same key then begins.

    Inside the caller's transaction, the stays locked, so that what is owed cannot change meanwhile. The same key
    gives the same payment. Raises `AmountInvalid` unless every share is positive, whole in the currency, and in a
    folio of the same one; `PaymentKeyReused` if the key was used for other shares. Five queries.
    """
    _inside_transaction()
    folio = Folio.objects.get(pk=folio_id)
    known = Payment.objects.filter(idempotency_key=idempotency_key).first()
    if known is not None:
        wanted = {(share.folio_id, share.amount) for share in shares}
        if wanted != set(known.shares.values_list("folio_id", "amount")) or known.gateway != gateway:
            raise PaymentKeyReused(field="idempotency_key")
        return known
    _shares_check(folio, shares)
    payment = Payment.objects.create(
        folio=folio,
        gateway=gateway,
        purpose=purpose,
        amount=sum((share.amount for share in shares), Decimal(0)),
        currency=folio.currency,
        idempotency_key=idempotency_key,
        user=user,
        expires_at=expires_at,
    )
    for share in sorted(shares, key=lambda share: share.folio_id):
        Payment.objects.create(
            collective=payment,
            folio_id=share.folio_id,
            gateway=gateway,
            purpose=share.purpose,
            amount=share.amount,
            currency=folio.currency,
            idempotency_key=f"share-{payment.pk}-{share.folio_id}",
            user=user,
            expires_at=expires_at,
        )
    return payment


def payment_folios_lock(*, payment_id: int) -> bool:
    """Lock every folio that a payment moves money in, and say whether it has shares. One query and one per folio."""
    folios = dict(
        Payment.objects.filter(pk=payment_id)
        .values_list("pk", "folio_id")
        .union(Payment.objects.filter(collective_id=payment_id).values_list("pk", "folio_id"))
    )
    own = folios.pop(payment_id, None)
    for folio_id in sorted(folios.values()):
        folio_lock(folio_id=folio_id)
    if own is None:
        raise Payment.DoesNotExist
    folio_lock(folio_id=own)
    return bool(folios)


def shares_lock(*, payment_id: int) -> list[Payment]:
    """Lock the shares of a collective payment, after its folios and itself. One query."""
    shares = Payment.objects.select_for_update(no_key=True).filter(collective_id=payment_id)
    return list(shares.order_by("pk"))


def transfers_post(*, payment: Payment, shares: Sequence[Payment]) -> None:
    """Take what was captured out of the collective folio again, a transfer for each share, once.

    Inside the transaction that captures the shares. Raises `ValueError` if they do not sum to the whole: then nothing
    of it may be committed.
    """
    _inside_transaction()
    captured = sum((share.amount for share in shares if share.status == PaymentStatus.CAPTURED), Decimal(0))
    if captured != payment.amount:
        raise ValueError(f"the shares of payment {payment.pk} sum to {captured}, not {payment.amount}")
    entries_append(
        entries=[
            FolioEntry(
                folio_id=payment.folio_id,
                kind=EntryKind.TRANSFER,
                description=_("Passed on to folio %(number)s") % {"number": share.folio_id},
                amount=share.amount,
                payment=share,
                dedup_key=f"transfer:{share.pk}",
            )
            for share in shares
        ]
    )


def refund_for_provider(refund: Refund) -> Refund:
    """Return the refund as the provider knows it: of the collective payment where the paid one is a share.

    A copy, never to be saved. One query for a share, none else.
    """
    collective_id = refund.payment.collective_id
    if collective_id is None:
        return refund
    seen = copy.copy(refund)
    seen.payment = Payment.objects.get(pk=collective_id)
    return seen


def _shares_check(folio: Folio, shares: Sequence[ShareData]) -> None:
    folios = {share.folio_id for share in shares}
    fitting = Folio.objects.filter(pk__in=folios, currency=folio.currency, is_collective=False).count()
    if (
        not shares
        or not folio.is_collective
        or len(folios) != len(shares)
        or fitting != len(folios)
        or any(
            share.amount <= 0 or round_money(share.amount, folio.currency) != share.amount for share in shares
        )
    ):
        raise AmountInvalid(field="amount", data={"currency": folio.currency})


def _inside_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "a collective payment and its shares are written together"
        )
