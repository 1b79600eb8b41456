"""Whether somebody may leave as far as money goes. Everything here runs inside the caller's transaction."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import OPERATION_PERMISSIONS
from accounts.selectors import staff_may
from bookings.exceptions import FolioUnsettled, InvoiceMissing
from bookings.models import Booking
from bookings.selectors.leaving import folio_is_invoiced
from core.exceptions import PermissionDenied
from core.money import format_money, round_money
from payments.selectors import folio_money
from payments.types import FolioMoney

from .notes import note_save
from .settling import surplus


def folio_is_settled(money: FolioMoney) -> bool:
    """Whether nobody owes anything: the guest nothing to the house, the house nothing that is not on its way back."""
    return money.balance <= 0 and not surplus(money)


def settled_or_refuse(booking: Booking, *, actor: User, reason: str, is_on_invoice: bool) -> None:
    """Let a locked booking go only with a settled folio, an invoice for what is owed, or a manager's reason.

    Two queries, and those of the note. Raises `FolioUnsettled`, `InvoiceMissing`, `PermissionDenied`.
    """
    money = folio_money(folio_id=booking.folio_id)
    if folio_is_settled(money):
        return
    if reason.strip():
        roles = OPERATION_PERMISSIONS["booking_check_out_unsettled"]
        if not staff_may(actor, booking.property_id, *roles):
            raise PermissionDenied(_("Only a manager lets somebody go with an unsettled folio."))
        left_open = _("Checked out with %(balance)s open: %(reason)s")
        balance = format_money(money.balance, booking.currency)
        note_save(booking, text=left_open % {"balance": balance, "reason": reason.strip()}, author=actor)
        return
    if is_on_invoice:
        if not folio_is_invoiced(folio_id=booking.folio_id):
            raise InvoiceMissing
        return
    raise FolioUnsettled(
        data={
            "balance": str(round_money(money.balance, booking.currency)),
            "currency": booking.currency,
        }
    )
