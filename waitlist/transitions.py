"""The life of an entry and of an offer: the tables of allowed transitions, which the database keeps too."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class EntryStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("waitlist", "waiting")
    OFFERED = "offered", pgettext_lazy("waitlist", "offered a room")
    ACCEPTED = "accepted", pgettext_lazy("waitlist", "has a room")
    DECLINED = "declined", pgettext_lazy("waitlist", "declined")
    EXPIRED = "expired", pgettext_lazy("waitlist", "expired")
    LEFT = "left", pgettext_lazy("waitlist", "left")


class OfferStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("waitlist offer", "open")
    ACCEPTED = "accepted", pgettext_lazy("waitlist offer", "accepted")
    DECLINED = "declined", pgettext_lazy("waitlist offer", "declined")
    EXPIRED = "expired", pgettext_lazy("waitlist offer", "expired")
    WITHDRAWN = "withdrawn", pgettext_lazy("waitlist offer", "withdrawn")


_E, _O = EntryStatus, OfferStatus

ENTRY_TRANSITIONS: tuple[tuple[EntryStatus, EntryStatus], ...] = (
    (_E.WAITING, _E.OFFERED),
    (_E.WAITING, _E.EXPIRED),
    (_E.WAITING, _E.LEFT),
    (_E.OFFERED, _E.ACCEPTED),
    (_E.OFFERED, _E.WAITING),  # declined or withdrawn, and waiting on
    (_E.OFFERED, _E.DECLINED),
    (_E.OFFERED, _E.EXPIRED),
    (_E.OFFERED, _E.LEFT),
    (_E.ACCEPTED, _E.EXPIRED),  # accepted, and not paid for in time
)

OFFER_TRANSITIONS: tuple[tuple[OfferStatus, OfferStatus], ...] = (
    (_O.OPEN, _O.ACCEPTED),
    (_O.OPEN, _O.DECLINED),
    (_O.OPEN, _O.EXPIRED),
    (_O.OPEN, _O.WITHDRAWN),
)

ACTIVE_STATUSES = (EntryStatus.WAITING, EntryStatus.OFFERED)
"""Of entries that may still get a room."""
