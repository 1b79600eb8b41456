"""What people can choose to be told, by which channel, and what holds while they have said nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Channel
from .types import MESSAGE_TYPES, Category

NEEDED = frozenset({Category.SERVICE, Category.SECURITY, Category.STAFF})
"""Told by e-mail and inbox in any case: without them a booking, an account or a house comes to harm."""

OPT_IN = frozenset({Category.MARKETING})
"""Told only to those who have asked for it."""

FOR_STAFF = frozenset({Category.STAFF, Category.DIGEST, Category.REPORTS})

WITH_SMS = frozenset(message_type.category for message_type in MESSAGE_TYPES.values() if message_type.has_sms)


@dataclass(frozen=True, slots=True)
class CategoryWords:
    """What a kind of message is called, and what it is."""

    label: str | Promise
    help: str | Promise


CATEGORY_WORDS: dict[Category, CategoryWords] = {
    Category.SERVICE: CategoryWords(
        _("Bookings and payments"), _("Confirmations, changes, receipts, offers from a waitlist you joined.")
    ),
    Category.SECURITY: CategoryWords(
        _("Security"), _("Codes, passwords, and who is logged in to your account.")
    ),
    Category.REMINDERS: CategoryWords(_("Before a stay"), _("How to get there, and checking in ahead.")),
    Category.REVIEWS: CategoryWords(
        _("After a stay"), _("The invitation to a review, and answers to yours.")
    ),
    Category.ALERTS: CategoryWords(_("Price alerts"), _("When a stay that you watch costs less.")),
    Category.MARKETING: CategoryWords(_("Offers and news"), _("Advertising: only if you ask for it.")),
    Category.STAFF: CategoryWords(
        _("Alarms of your house"), _("Disputed payments, calendars that do not fit, webhooks that fail.")
    ),
    Category.DIGEST: CategoryWords(_("Digest of the day"), _("Arrivals, departures and what is open.")),
    Category.REPORTS: CategoryWords(
        _("Scheduled reports"), _("Figures that somebody has sent to you regularly.")
    ),
}
"""In the order in which they are shown."""


def is_locked(category: Category, channel: str) -> bool:
    """Whether a kind of message comes by this channel in any case."""
    return category in NEEDED and channel != Channel.SMS


def is_offered(category: Category, channel: str) -> bool:
    """Whether there are such messages at all."""
    return channel != Channel.SMS or category in WITH_SMS


def is_on_by_default(category: Category) -> bool:
    """What holds for somebody who has said nothing."""
    return category not in OPT_IN


def can_unsubscribe(category: Category) -> bool:
    """Whether the mails of this kind carry a link to decline them."""
    return not is_locked(category, Channel.EMAIL)
