"""What can go wrong with money, for people and for programs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import (
    Conflict,
    DomainError,
    Malformed,
    NotFound,
    Unavailable,
    ValidationFailed,
    register_constraint,
)


class PaymentError(DomainError):
    """The family of everything that payments refuse."""


class PaymentDeclined(PaymentError):
    """The provider asked the bank and the bank said no (402)."""

    code = "payment_declined"
    http_status = 402
    message = _("The payment was declined. Please try another card.")


class GatewayUnavailable(PaymentError, Unavailable):
    """The provider cannot be reached, and nothing was sent: the same request may be repeated (503)."""

    code = "payments_unavailable"
    message = _("Payments are not available right now. Nothing was charged. Please try again in a moment.")


class GatewayTimeout(PaymentError, Unavailable):
    """The provider did not answer in time, so nobody knows yet whether it did what we asked (503)."""

    code = "payment_outcome_unknown"
    message = _("The bank has not answered yet. We keep asking, and nothing will be charged twice.")


class GatewayRefused(PaymentError, Unavailable):
    """The provider does not do what we ask: our keys or our request are wrong. Nothing was charged (503)."""

    code = "payments_refused"
    message = _("Payments are not available right now. Nothing was charged. Please try again later.")
    retry_after = 300


class GatewayUnknown(PaymentError, NotFound):
    """There is no gateway with this code here (404)."""

    code = "gateway_unknown"
    message = _("This way to pay does not exist.")


class GatewayNotOffered(PaymentError, ValidationFailed):
    """The property does not take this kind of payment (422)."""

    code = "gateway_not_offered"
    message = _("The property does not offer this way to pay.")


class CardUnknown(PaymentError, ValidationFailed):
    """The gateway does not know the card's token (422)."""

    code = "card_unknown"
    message = _("This card is not known.")


class AmountInvalid(PaymentError, ValidationFailed):
    """Not an amount that can be paid (422)."""

    code = "amount_invalid"
    message = _("The amount must be positive and in the currency of the booking.")


class PaymentKeyReused(PaymentError, ValidationFailed):
    """The idempotency key belongs to another payment or refund (422)."""

    code = "idempotency_key_reused"
    message = _("This key was used for a different payment.")


class PaymentNotFound(PaymentError, NotFound):
    """There is no such payment (404)."""

    code = "payment_not_found"


class PaymentNotKnown(PaymentError, NotFound):
    """The provider knows nothing of this payment (404)."""

    code = "payment_not_known"


class NotAuthorized(PaymentError, Conflict):
    """Nothing is put aside for this payment any more (409)."""

    code = "not_authorized"
    message = _("Nothing is put aside for this payment: it was taken, released, or never approved.")


class CaptureTooLarge(PaymentError, Conflict):
    """More than the guest's bank has put aside (409)."""

    code = "capture_too_large"
    message = _("This is more than the guest's bank has put aside.")


class RefundTooLarge(PaymentError, Conflict):
    """More than is left of what was paid (409). ``data`` has ``refundable``."""

    code = "refund_too_large"
    message = _("This is more than can be refunded.")


class LedgerConflict(PaymentError, Conflict):
    """An effect was posted already, and with another amount (409)."""

    code = "ledger_conflict"
    message = _("This was posted already with another amount.")


class EventInvalid(PaymentError, Malformed):
    """An event that no provider of ours has signed, or too old to be believed (400)."""

    code = "event_invalid"
    message = _("The event is not valid.")


class EntryNotFound(PaymentError, NotFound):
    """There is no such entry (404)."""

    code = "entry_not_found"


class EntryNotReversible(PaymentError, Conflict):
    """The entry is no charge, was taken off already, or stands on an invoice that counts (409)."""

    code = "entry_not_reversible"
    message = _("This entry cannot be taken off: it is no charge, or it was taken off already.")


class EntryInvoiced(PaymentError, Conflict):
    """The entry stands on an invoice; a credit note must come first (409)."""

    code = "entry_invoiced"
    message = _("This entry is on an invoice already. Please write a credit note first.")


class FolioNotFitting(PaymentError, ValidationFailed):
    """Entries cannot be moved there: another property or currency, or the same folio (422)."""

    code = "folio_not_fitting"
    message = _("Entries can be moved to another folio of the same house and currency only.")


class NothingToInvoice(PaymentError, ValidationFailed):
    """No entry was chosen, or all are on invoices (422)."""

    code = "nothing_to_invoice"
    message = _("There is nothing left to put on an invoice.")


class InvoiceNotFound(PaymentError, NotFound):
    """There is no such invoice (404)."""

    code = "invoice_not_found"


class InvoiceNotCancellable(PaymentError, Conflict):
    """It is a credit note, or has one already (409)."""

    code = "invoice_not_cancellable"
    message = _("This document has been taken back already, or is a credit note itself.")


class InvoiceKeyReused(PaymentError, ValidationFailed):
    """The key belongs to another invoice (422)."""

    code = "idempotency_key_reused"
    message = _("This key was used for a different invoice.")


register_constraint("payments_invoicedentry_pkey", EntryInvoiced)
register_constraint("invoice_sign_fits_kind", NothingToInvoice)
register_constraint("payment_amount_not_negative", AmountInvalid)
register_constraint("payment_takes_at_most_authorized", CaptureTooLarge)
register_constraint("refund_amount_positive", AmountInvalid)
register_constraint("sandbox_refunds_at_most_amount", RefundTooLarge)
