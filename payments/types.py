"""What callers of payments hand in and get back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from .models import EntryKind, FolioEntry


@dataclass(frozen=True, slots=True)
class TaxPart:
    """What of an amount is one tax: ``amount`` is contained in it. ``percent`` is None for a tax that is a sum.

    ``is_added``: the tax is owed on the amount and stands in an entry of its own, so nothing of it is contained here.
    """

    name: str
    percent: Decimal | None
    amount: Decimal
    is_added: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "percent": None if self.percent is None else f"{self.percent.normalize():f}",
            "amount": str(self.amount),
            "is_added": self.is_added,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> TaxPart:
        percent = data.get("percent")
        return cls(
            name=data["name"],
            percent=None if percent is None else Decimal(percent),
            amount=Decimal(data["amount"]),
            is_added=data.get("is_added", False),
        )


@dataclass(frozen=True, slots=True)
class EntryData:
    """One charge to post. ``kind`` is charge, tax or fee; ``amount`` is positive, in the folio's currency.

    What has a ``dedup_key`` is posted once, however often it is asked for. ``taxes`` says what of it is tax; None: as
    the house taxes its rooms, worked out when it is invoiced. Entries of the same charge are equal, however the cents
    of its taxes fell.
    """

    kind: EntryKind
    description: str
    amount: Decimal
    stay_date: date | None = None
    dedup_key: str | None = None
    taxes: tuple[TaxPart, ...] | None = field(default=None, compare=False)
    extra_id: int | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class InvoiceRecipient:
    """Who an invoice is addressed to. ``address`` has lines; ``language`` empty: the active one."""

    name: str = ""
    company: str = ""
    address: str = ""
    vat_number: str = ""
    email: str = ""
    language: str = ""

    def as_json(self) -> dict[str, str]:
        """The recipient as it is printed."""
        return {
            "name": self.name,
            "company": self.company,
            "address": self.address,
            "vat_number": self.vat_number,
            "email": self.email,
        }


@dataclass(frozen=True, slots=True)
class InvoiceStay:
    """What stay an invoice is about, as it is printed; dates are ISO 8601."""

    reference: str = ""
    guest: str = ""
    arrival: str = ""
    departure: str = ""
    room: str = ""

    def as_json(self) -> dict[str, str]:
        return {
            "reference": self.reference,
            "guest": self.guest,
            "arrival": self.arrival,
            "departure": self.departure,
            "room": self.room,
        }


@dataclass(frozen=True, slots=True)
class FolioSubject:
    """Whose account a folio is: who invoices are addressed to, about which stay, and the page that shows it.

    ``label`` names it for staff; ``url`` is its page in the administration, ``guest_url`` the guest's own.
    """

    recipient: InvoiceRecipient
    stay: InvoiceStay
    label: str = ""
    url: str = ""
    guest_url: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceProblem:
    """One thing that is wrong with invoices: ``number`` names the document, or the series."""

    property_id: int
    number: str
    code: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class FolioMoney:
    """The money of a stay. ``balance`` is what the guest owes; ``refunds_open`` are promised and not yet posted.

    Open refunds are pending, or have failed, were not made again, and lie with finance. ``is_guaranteed``: it is paid
    at the property. ``has_open_payment``: a provider is at work, and the guest has nothing to do. ``authorized``: put
    aside by the guest's bank and not taken yet. ``disputed``: taken back by the guest's bank and not returned.
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

    @property
    def is_reversible(self) -> bool:
        """Whether it is a charge that nothing has taken off or moved. No query after `folio_statement`."""
        is_charge = self.entry.kind in (EntryKind.CHARGE, EntryKind.TAX, EntryKind.FEE)
        return is_charge and self.entry.part_of_id is None and not hasattr(self.entry, "reversed_by")


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
