"""What is open when somebody leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bookings.models import Booking
from core.dates import property_today
from payments.selectors import (
    entries_open,
    folio_money,
    folio_statement,
    invoice_is_live,
    invoices_of_folio,
)
from payments.types import FolioMoney, StatementLine


@dataclass(frozen=True, slots=True)
class Leaving:
    """The folio at check-out. ``owed`` by the guest; ``back`` is what goes back to them and is not on its way yet.

    ``nights_left`` are nights of the stay that are still to come: somebody leaves before the end.
    """

    statement: list[StatementLine]
    money: FolioMoney
    owed: Decimal
    back: Decimal
    nights_left: int

    @property
    def is_settled(self) -> bool:
        return not self.owed and not self.back


def leaving_of(*, booking: Booking, at: datetime | None = None) -> Leaving:
    """The folio of a booking and what is open on it. Two queries."""
    today: date = property_today(booking.property.time_zone, at)
    money = folio_money(folio_id=booking.folio_id)
    return Leaving(
        statement=folio_statement(folio_id=booking.folio_id),
        money=money,
        owed=max(money.balance, Decimal(0)),
        back=max(-money.balance - money.refunds_open, Decimal(0)),
        nights_left=max((booking.departure - today).days, 0),
    )


def folio_is_invoiced(*, folio_id: int) -> bool:
    """Whether everything that was charged stands on an invoice that counts. Two queries."""
    invoices = invoices_of_folio(folio_id=folio_id)
    return not entries_open(folio_id=folio_id) and any(invoice_is_live(invoice) for invoice in invoices)
