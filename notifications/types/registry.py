"""The kinds of message we write, and what each one is for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .accounts import AccountContext, SecurityNoticeContext, WelcomeContext
from .bookings import (
    BookingCancelledContext,
    BookingChangedContext,
    BookingConfirmedContext,
    BookingHeldContext,
    BookingNoShowContext,
    PreArrivalContext,
    ReviewRepliedContext,
    ThankYouContext,
)
from .payments import (
    InvoiceContext,
    PaymentDisputedContext,
    PaymentFailedContext,
    PaymentReceiptContext,
    PaymentRefundedContext,
)
from .spaces import SpaceContext
from .staff import (
    CalendarConflictContext,
    GenericContext,
    ReportContext,
    StaffDigestContext,
    WebhookDisabledContext,
)
from .waitlist import PriceAlertContext, WaitlistContext, WaitlistOfferedContext


class Category(StrEnum):
    """What a message is for; people choose by category what they want to be told."""

    SERVICE = "service"
    SECURITY = "security"
    STAFF = "staff"
    REMINDERS = "reminders"
    REVIEWS = "reviews"
    ALERTS = "alerts"
    DIGEST = "digest"
    REPORTS = "reports"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True)
class MessageType:
    """One kind of message: ``key`` names its templates ``emails/<key>.{subject.txt,txt,html}``.

    ``is_urgent``: somebody sits and waits for it. ``has_sms``: it has a short text too. ``in_inbox``: it is kept
    in the inbox of its user; what opens an account is not. ``expiry_key`` names the instant in its context after which
    nobody needs it any more.
    """

    key: str
    label: str | Promise
    context: type[Any]
    category: Category = Category.SERVICE
    is_urgent: bool = False
    has_sms: bool = False
    in_inbox: bool = True
    expiry_key: str = ""

    @property
    def required_keys(self) -> frozenset[str]:
        """The keys its context must have."""
        keys: frozenset[str] = self.context.__required_keys__
        return keys


BOOKING_HELD = "booking_held"
BOOKING_CONFIRMED = "booking_confirmed"
BOOKING_CHANGED = "booking_changed"
BOOKING_CANCELLED = "booking_cancelled"
BOOKING_NO_SHOW = "booking_no_show"
PRE_ARRIVAL = "pre_arrival"
THANK_YOU = "thank_you"
REVIEW_REPLIED = "review_replied"
PAYMENT_RECEIPT = "payment_receipt"
PAYMENT_FAILED = "payment_failed"
PAYMENT_REFUNDED = "payment_refunded"
PAYMENT_DISPUTED = "payment_disputed"
INVOICE = "invoice"
WAITLIST_JOINED = "waitlist_joined"
WAITLIST_OFFERED = "waitlist_offered"
WAITLIST_EXPIRED = "waitlist_expired"
PRICE_DROP = "price_drop"
STAFF_DIGEST = "staff_digest"
REPORT = "report"
WEBHOOK_DISABLED = "webhook_disabled"
CALENDAR_CONFLICT = "calendar_conflict"
SPACE_REQUESTED = "space_requested"
SPACE_ASKED = "space_asked"
SPACE_CONFIRMED = "space_confirmed"
SPACE_APPROVED = "space_approved"
SPACE_DECLINED = "space_declined"
SPACE_CHANGED = "space_changed"
SPACE_CANCELLED = "space_cancelled"
SPACE_CALLED_OFF = "space_called_off"
SPACE_EXPIRED = "space_expired"
SPACE_NO_SHOW = "space_no_show"
SPACE_REMINDER = "space_reminder"
SPACE_REFUNDED = "space_refunded"
WELCOME = "welcome"
SECURITY_NOTICE = "security_notice"
GENERIC = "generic"
PROMOTION = "promotion"
"""Advertising: only for those who have asked for it. Same context and look as a generic message."""

ACCOUNT_PREFIX = "account_"
ACCOUNT_NOTICE = "account_notice"
"""What an account message of a kind we have no words for is shown as."""


def _key(name: str, label: str | Promise) -> MessageType:
    """A message that opens an account: nobody else may read it, and somebody waits for it."""
    return MessageType(
        ACCOUNT_PREFIX + name, label, AccountContext, Category.SECURITY, is_urgent=True, in_inbox=False
    )


def _notice(name: str, label: str | Promise) -> MessageType:
    """A message about something that has happened to an account."""
    return MessageType(ACCOUNT_PREFIX + name, label, AccountContext, Category.SECURITY)


MESSAGE_TYPES: dict[str, MessageType] = {
    message_type.key: message_type
    for message_type in (
        MessageType(
            BOOKING_HELD,
            _("rooms held, payment needed"),
            BookingHeldContext,
            is_urgent=True,
            expiry_key="hold_expires_at",
        ),
        MessageType(BOOKING_CONFIRMED, _("booking confirmed"), BookingConfirmedContext, has_sms=True),
        MessageType(BOOKING_CHANGED, _("booking changed"), BookingChangedContext),
        MessageType(BOOKING_CANCELLED, _("booking cancelled"), BookingCancelledContext),
        MessageType(BOOKING_NO_SHOW, _("guest did not come"), BookingNoShowContext),
        MessageType(
            PRE_ARRIVAL, _("before the arrival"), PreArrivalContext, Category.REMINDERS, has_sms=True
        ),
        MessageType(THANK_YOU, _("after the stay"), ThankYouContext, Category.REVIEWS),
        MessageType(REVIEW_REPLIED, _("review answered"), ReviewRepliedContext, Category.REVIEWS),
        MessageType(PAYMENT_RECEIPT, _("payment received"), PaymentReceiptContext),
        MessageType(INVOICE, _("invoice"), InvoiceContext),
        MessageType(PAYMENT_FAILED, _("payment failed"), PaymentFailedContext, is_urgent=True),
        MessageType(PAYMENT_REFUNDED, _("payment refunded"), PaymentRefundedContext),
        MessageType(PAYMENT_DISPUTED, _("payment disputed"), PaymentDisputedContext, Category.STAFF),
        MessageType(WAITLIST_JOINED, _("waitlist joined"), WaitlistContext),
        MessageType(
            WAITLIST_OFFERED,
            _("waitlist offer"),
            WaitlistOfferedContext,
            is_urgent=True,
            has_sms=True,
            expiry_key="expires_at",
        ),
        MessageType(WAITLIST_EXPIRED, _("waitlist expired"), WaitlistContext),
        MessageType(PRICE_DROP, _("price drop"), PriceAlertContext, Category.ALERTS),
        MessageType(STAFF_DIGEST, _("digest of the day"), StaffDigestContext, Category.DIGEST),
        MessageType(REPORT, _("scheduled report"), ReportContext, Category.REPORTS),
        MessageType(WEBHOOK_DISABLED, _("webhook disabled"), WebhookDisabledContext, Category.STAFF),
        MessageType(CALENDAR_CONFLICT, _("calendar conflict"), CalendarConflictContext, Category.STAFF),
        MessageType(SPACE_REQUESTED, _("request for a space received"), SpaceContext),
        MessageType(SPACE_ASKED, _("a space is asked for"), SpaceContext, Category.STAFF),
        MessageType(SPACE_CONFIRMED, _("space booked"), SpaceContext),
        MessageType(SPACE_APPROVED, _("request for a space approved"), SpaceContext),
        MessageType(SPACE_DECLINED, _("request for a space declined"), SpaceContext),
        MessageType(SPACE_CHANGED, _("booking of a space changed"), SpaceContext),
        MessageType(SPACE_CANCELLED, _("booking of a space cancelled"), SpaceContext),
        MessageType(SPACE_CALLED_OFF, _("a guest has cancelled a space"), SpaceContext, Category.STAFF),
        MessageType(SPACE_EXPIRED, _("request or hold of a space run out"), SpaceContext),
        MessageType(SPACE_NO_SHOW, _("nobody came to a space"), SpaceContext),
        MessageType(SPACE_REMINDER, _("before a space is used"), SpaceContext, Category.REMINDERS),
        MessageType(SPACE_REFUNDED, _("payment for a space refunded"), SpaceContext),
        MessageType(WELCOME, _("welcome"), WelcomeContext),
        MessageType(SECURITY_NOTICE, _("security notice"), SecurityNoticeContext, Category.SECURITY),
        MessageType(GENERIC, _("message"), GenericContext),
        MessageType(PROMOTION, _("offer"), GenericContext, Category.MARKETING),
        _key("email_confirmation", _("confirm an address")),
        _key("email_confirmation_signup", _("confirm a new account")),
        _key("account_already_exists", _("account already exists")),
        _key("unknown_account", _("no account with this address")),
        _key("password_reset_key", _("reset a password")),
        _key("password_reset_code", _("code to reset a password")),
        _key("login_code", _("code to log in")),
        _notice("password_reset", _("password was reset")),
        _notice("password_changed", _("password was changed")),
        _notice("password_set", _("password was set")),
        _notice("email_changed", _("address was changed")),
        _notice("email_confirm", _("address was confirmed")),
        _notice("email_deleted", _("address was removed")),
        _notice("totp_activated", _("authenticator app added")),
        _notice("totp_deactivated", _("authenticator app removed")),
        _notice("recovery_codes_generated", _("new recovery codes")),
        MessageType(ACCOUNT_NOTICE, _("a change of your account"), AccountContext, Category.SECURITY),
    )
}
