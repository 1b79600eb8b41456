"""What messages about money hold."""

from __future__ import annotations

from typing import TypedDict

from .bookings import BookingContext, LineContext
from .houses import PropertyContext


class ReceiptEntryContext(TypedDict):
    """One payment or refund of a booking; a refund's amount is negative."""

    method: str  # of payments.models.PaymentMethod
    amount: str
    at: str


class ReceiptDetails(TypedDict, total=False):
    """What only the receipt as a document tells."""

    number: str  # of the receipt, such as "VQ7KM2XD-1"
    lines: list[LineContext]
    payments: list[ReceiptEntryContext]  # in order of time, this payment among them


class PaymentReceiptContext(BookingContext, ReceiptDetails):
    """Money has come."""

    amount: str
    method: str  # of payments.models.PaymentMethod: card, cash, transfer
    paid_at: str
    total: str
    paid: str  # paid until now, this payment included
    due: str


class InvoiceContext(TypedDict):
    """An invoice or a credit note, which is attached."""

    property: PropertyContext
    guest_name: str  # whom the mail greets; "" if unknown
    url: str  # absolute address of the booking's page; "" for a group's invoice
    reference: str  # of the booking, or the name of the group
    currency: str
    invoice_id: int  # of payments.models.Invoice
    number: str
    is_credit_note: bool
    issued_on: str
    recipient: str  # whom it is addressed to
    total: str
    due: str


class PaymentFailedContext(BookingContext):
    """Money has not come, and the guest may try again."""

    amount: str
    failure_code: str  # such as card_declined
    retry_url: str  # absolute address of the payment step
    hold_expires_at: str | None  # until when the rooms are kept; None if they are not


class PaymentRefundedContext(BookingContext):
    """Money that came and could not be used, such as a payment after the rooms were gone."""

    amount: str
    reason: str  # "rooms_gone" or "overpaid"
    refunded_at: str


class PaymentDisputedContext(TypedDict):
    """For staff: a guest's bank wants money back."""

    property: PropertyContext
    reference: str  # of the booking; "" if it is not known
    amount: str
    currency: str
    reason: str  # the provider's word, such as "fraudulent"
    due_by: str | None  # instant until which evidence is taken
    manage_url: str
