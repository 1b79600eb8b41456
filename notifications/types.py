"""The kinds of message we write, and what the context of each must hold.

A context is plain JSON: amounts are strings of decimals (``"123.40"``) in the context's ``currency``, dates
are ``YYYY-MM-DD``, times ``HH:MM``, instants ISO 8601 with an offset. It says everything the message needs, so
that it reads the same however often and however late it is rendered. Languages are the renderer's work: the
context holds no sentences, only labels as they were sold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PropertyContext(TypedDict):
    """The house that speaks; its name and address are the head and foot of the message."""

    name: str
    address: str  # street and number; "" if unknown
    postal_code: str
    city: str
    country: str  # ISO 3166-1 alpha-2
    email: str
    phone: str
    time_zone: str  # IANA; instants are shown in it
    arrival_from: str  # "15:00"
    departure_until: str  # "11:00"
    url: str  # absolute address of the property's page; "" if there is none


class StayContext(TypedDict):
    """What was booked: the nights ``[arrival, departure)``."""

    arrival: str
    departure: str
    nights: int
    rooms: int
    adults: int
    children_ages: list[int]
    room_type: str
    rate_plan: str
    board: str  # label, such as "Breakfast included"; "" if the rate plan's name says it all
    arrival_time: str  # expected arrival "18:30"; "" if not told
    special_requests: str


class LineContext(TypedDict):
    """One line of the price, as quoted."""

    kind: str  # of the quote's line kinds: room, special_day, member_discount, tax ...
    label: str
    date: str | None
    amount: str
    is_included: bool  # informative: already part of another line


class CancellationStepContext(TypedDict):
    """Cancelling before ``until`` costs ``fee``; the last step has no ``until`` and lasts to the arrival."""

    until: str | None
    fee: str


class BookingContext(TypedDict):
    """What every message about a booking holds."""

    reference: str
    guest_name: str
    url: str  # absolute address of the booking's page, with its access token
    property: PropertyContext
    stay: StayContext
    currency: str


class BookingConfirmedContext(BookingContext):
    """The stay is sold: its price, what is paid, and what cancelling costs."""

    lines: list[LineContext]
    total: str
    paid: str  # paid until now
    due: str  # left to pay at the property
    free_until: str | None  # cancelling is free before this instant; None: it never is
    cancellation: list[CancellationStepContext]  # in order of time
    no_show_fee: str


class BookingCancelledContext(BookingContext):
    """The stay is off."""

    total: str
    fee: str  # what is kept
    refund: str  # what goes back to the guest; "0.00" if nothing does
    cancelled_at: str


class PaymentReceiptContext(BookingContext):
    """Money has come."""

    amount: str
    method: str  # of payments.models.PaymentMethod: card, cash, transfer
    paid_at: str
    total: str
    paid: str  # paid until now, this payment included
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


class AccountDetails(TypedDict, total=False):
    """What some of the messages about an account hold, from allauth's context."""

    name: str
    activate_url: str
    password_reset_url: str
    signup_url: str
    code: str
    from_email: str
    to_email: str
    deleted_email: str
    ip: str
    user_agent: str
    timestamp: str


class AccountContext(AccountDetails):
    """What every message about an account holds."""

    email: str  # the address the message is about


@dataclass(frozen=True, slots=True)
class MessageType:
    """One kind of message: ``key`` names its templates ``emails/<key>.{subject.txt,txt,html}``."""

    key: str
    label: str | Promise
    context: type[Any]

    @property
    def required_keys(self) -> frozenset[str]:
        """The keys its context must have."""
        keys: frozenset[str] = self.context.__required_keys__
        return keys


BOOKING_CONFIRMED = "booking_confirmed"
BOOKING_CANCELLED = "booking_cancelled"
PAYMENT_RECEIPT = "payment_receipt"
PAYMENT_FAILED = "payment_failed"
PAYMENT_REFUNDED = "payment_refunded"

ACCOUNT_PREFIX = "account_"
ACCOUNT_NOTICE = "account_notice"
"""What an account message of a kind we have no words for is shown as."""

MESSAGE_TYPES: dict[str, MessageType] = {
    message_type.key: message_type
    for message_type in (
        MessageType(BOOKING_CONFIRMED, _("booking confirmed"), BookingConfirmedContext),
        MessageType(BOOKING_CANCELLED, _("booking cancelled"), BookingCancelledContext),
        MessageType(PAYMENT_RECEIPT, _("payment received"), PaymentReceiptContext),
        MessageType(PAYMENT_FAILED, _("payment failed"), PaymentFailedContext),
        MessageType(PAYMENT_REFUNDED, _("payment refunded"), PaymentRefundedContext),
        MessageType("account_email_confirmation", _("confirm an address"), AccountContext),
        MessageType("account_email_confirmation_signup", _("confirm a new account"), AccountContext),
        MessageType("account_account_already_exists", _("account already exists"), AccountContext),
        MessageType("account_unknown_account", _("no account with this address"), AccountContext),
        MessageType("account_password_reset_key", _("reset a password"), AccountContext),
        MessageType("account_password_reset_code", _("code to reset a password"), AccountContext),
        MessageType("account_login_code", _("code to log in"), AccountContext),
        MessageType("account_password_reset", _("password was reset"), AccountContext),
        MessageType("account_password_changed", _("password was changed"), AccountContext),
        MessageType("account_password_set", _("password was set"), AccountContext),
        MessageType("account_email_changed", _("address was changed"), AccountContext),
        MessageType("account_email_confirm", _("address was confirmed"), AccountContext),
        MessageType("account_email_deleted", _("address was removed"), AccountContext),
        MessageType("account_totp_activated", _("authenticator app added"), AccountContext),
        MessageType("account_totp_deactivated", _("authenticator app removed"), AccountContext),
        MessageType("account_recovery_codes_generated", _("new recovery codes"), AccountContext),
        MessageType(ACCOUNT_NOTICE, _("a change of your account"), AccountContext),
    )
}
