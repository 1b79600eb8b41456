"""What callers of payments hand in and get back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .models import EntryKind, FolioEntry


@dataclass(frozen=True, slots=True)
class EntryData:
    """One charge to post. ``kind`` is charge, tax or fee; ``amount`` is positive, in the folio's currency.

    What has a ``dedup_key`` is posted once, however often it is asked for.
    """

    kind: EntryKind
    description: str
    amount: Decimal
    stay_date: date | None = None
    dedup_key: str | None = None


@dataclass(frozen=True, slots=True)
class FolioMoney:
    """The money of a stay. ``balance`` is what the guest owes; ``refunds_open`` are promised and not yet posted.

    Open refunds are pending, or have failed and lie with finance. ``is_guaranteed``: it is paid at the property.
    ``has_open_payment``: a provider is at work, and the guest has nothing to do. ``authorized``: put aside by the
    guest's bank and not taken yet. ``disputed``: taken back by the guest's bank and not returned.
    """

    balance: Decimal
    captured: Decimal
    refunded: Decimal
    refunds_open: Decimal
    is_guaranteed: bool
    has_open_payment: bool
    authorized: Decimal = Decimal(0)
    disputed: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry of a folio and what the guest owed after it."""

    entry: FolioEntry
    balance: Decimal


@dataclass(frozen=True, slots=True)
class LedgerProblem:
    """One thing in a folio that does not add up. ``expected`` is what payments and refunds say."""

    folio_id: int
    code: str
    expected: Decimal
    actual: Decimal
    payment_id: int | None = None
    refund_id: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentClient:
    """What a guest's browser (or a program) needs to finish a payment at the provider. Never stored, never logged."""

    publishable_key: str
    client_secret: str = field(repr=False)


@dataclass(slots=True)
class ReconcileReport:
    """What one run of the reconcile did: counts, and the payments it could not settle, with the reason."""

    payments_checked: int = 0
    payments_settled: int = 0
    payments_cancelled: int = 0
    authorisations_checked: int = 0
    refunds_executed: int = 0
    events_processed: int = 0
    sandbox_events_sent: int = 0
    errors: list[str] = field(default_factory=list)
