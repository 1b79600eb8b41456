"""Guests' profiles, groups' contacts, and reviews: the words and the name go, the points stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.privacy import holds
from accounts.privacy.erasing import KEEP
from bookings.models import Guest, GuestMerge, Review


def _merges_forget(keys: Sequence[Any], _at: datetime) -> None:
    """Nothing is left to undo of a merge when the profiles are gone."""
    GuestMerge.objects.filter(kept__in=keys).delete()
    GuestMerge.objects.filter(merged__in=keys).delete()
    Guest.objects.filter(pk__in=keys).update(merged_into=None, email="")


def _replies_forget(keys: Sequence[Any], _at: datetime) -> None:
    """A reply speaks to its guest, often by name; without a text it has no time."""
    Review.objects.filter(pk__in=keys).update(reply="", replied_at=None, reply_by=None)


holds(
    "bookings.guest",
    title=_("What the house knows of you"),
    order=110,
    shown=("property", "created_at", "is_vip"),
    personal=("name", "email", "phone", "country", "language", "wishes", "notes"),
    prepare=_merges_forget,
    erase="delete",
)
holds(
    "bookings.guestmerge",
    order=109,
    find=lambda person: person.by_rows("kept", "bookings.guest") | person.by_rows("merged", "bookings.guest"),
    secret=("before",),
    plain=("booking_ids",),
    reason="which stays moved",
    erase="delete",
)
holds(
    "bookings.group",
    title=_("Groups whose contact you are"),
    order=120,
    find=lambda person: person.by_email("contact_email"),
    shown=("property", "name", "arrival", "departure", "status"),
    personal=("contact_name", "contact_email", "contact_phone", "notes"),
    plain=("company", "company_address", "vat_number"),
    reason="the company itself, as its invoices name it",
)
holds(
    "bookings.review",
    title=_("Reviews"),
    order=130,
    find=lambda person: person.by_user("user") | person.by_rows("booking", "bookings.booking"),
    shown=("submitted_at", "property", "status", "score", "language"),
    personal=("author_name", "author_country", "title", "text", "reply", "rejection_reason", "user"),
    values={"reply": KEEP, "rejection_reason": "–"},
    prepare=_replies_forget,
)
holds(
    "bookings.reviewreport",
    title=_("Reviews that you have reported"),
    order=131,
    find=lambda person: person.by_user("user") | person.by_rows("review", "bookings.review"),
    shown=("created_at", "reason", "status"),
    personal=("text", "user", "decision_note"),
    plain=("reporter_hash",),
    reason="a keyed hash that keeps one person from reporting a review twice",
)
