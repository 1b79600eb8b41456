"""Why something cannot be sold: the codes, in order of use to a guest, and the sentences that go with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.dates import property_now
from core.formats import format_day


class ReasonCode(TextChoices):
    """Why something cannot be sold. Those a guest can do most about come first."""

    MIN_STAY = "min_stay", _("minimum stay")
    MAX_STAY = "max_stay", _("maximum stay")
    TOO_LONG = "too_long", _("too long")
    CLOSED_TO_ARRIVAL = "closed_to_arrival", _("no arrival")
    CLOSED_TO_DEPARTURE = "closed_to_departure", _("no departure")
    TOO_MANY_ROOMS = "too_many_rooms", _("too many rooms")
    TOO_LATE = "too_late", _("too late to book")
    TOO_EARLY = "too_early", _("too early to book")
    CLOSED = "closed", _("closed")
    SOLD_OUT = "sold_out", _("sold out")
    NO_RATE = "no_rate", _("no price")
    NOT_ON_SALE = "not_on_sale", _("not on sale yet")
    TOO_MANY_GUESTS = "too_many_guests", _("too many guests")
    IN_THE_PAST = "in_the_past", _("in the past")


USEFULNESS = {code: rank for rank, code in enumerate(ReasonCode.values)}


def reason_message(code: str, data: Mapping[str, Any]) -> str:
    """Return the sentence for people, in the active language."""
    return _MESSAGES[code](data)


def _min_stay(data: Mapping[str, Any]) -> str:
    nights = data["min_stay"]
    return ngettext(
        "The minimum stay is %(nights)d night.", "The minimum stay is %(nights)d nights.", nights
    ) % {"nights": nights}


def _max_stay(data: Mapping[str, Any]) -> str:
    nights = data["max_stay"]
    return ngettext(
        "The maximum stay is %(nights)d night.", "The maximum stay is %(nights)d nights.", nights
    ) % {"nights": nights}


def _too_many_rooms(data: Mapping[str, Any]) -> str:
    rooms = data["max_rooms"]
    return ngettext(
        "At most %(rooms)d room can be booked at once.",
        "At most %(rooms)d rooms can be booked at once.",
        rooms,
    ) % {"rooms": rooms}


def _too_many_guests(data: Mapping[str, Any]) -> str:
    guests = data["max_occupancy"]
    return ngettext(
        "At most %(guests)d guest fits into a room.", "At most %(guests)d guests fit into a room.", guests
    ) % {"guests": guests}


def _sold_out(data: Mapping[str, Any]) -> str:
    nights = data.get("nights", ())
    if len(nights) == 1:
        return gettext("Sold out on %(night)s.") % {"night": format_day(date.fromisoformat(nights[0]))}
    return gettext("Sold out for these dates.")


def _too_early(data: Mapping[str, Any]) -> str:
    return gettext("Bookings for this arrival open on %(day)s.") % {
        "day": format_day(date.fromisoformat(data["opens"]))
    }


def _too_late(data: Mapping[str, Any]) -> str:
    closed = property_now(data["time_zone"], datetime.fromisoformat(data["closed_at"]))
    return gettext("Bookings for this arrival closed on %(day)s at %(time)s.") % {
        "day": format_day(closed.date()),
        "time": f"{closed:%H:%M}",
    }


_MESSAGES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    ReasonCode.MIN_STAY: _min_stay,
    ReasonCode.MAX_STAY: _max_stay,
    ReasonCode.TOO_LONG: _max_stay,
    ReasonCode.CLOSED_TO_ARRIVAL: lambda data: (
        gettext("No arrival on %(day)s.") % {"day": format_day(date.fromisoformat(data["date"]))}
    ),
    ReasonCode.CLOSED_TO_DEPARTURE: lambda data: (
        gettext("No departure on %(day)s.") % {"day": format_day(date.fromisoformat(data["date"]))}
    ),
    ReasonCode.TOO_MANY_ROOMS: _too_many_rooms,
    ReasonCode.TOO_LATE: _too_late,
    ReasonCode.TOO_EARLY: _too_early,
    ReasonCode.CLOSED: lambda _data: gettext("Closed on these dates."),
    ReasonCode.SOLD_OUT: _sold_out,
    ReasonCode.NO_RATE: lambda _data: gettext("There is no price for these dates."),
    ReasonCode.NOT_ON_SALE: lambda _data: gettext("These dates are not on sale yet."),
    ReasonCode.TOO_MANY_GUESTS: _too_many_guests,
    ReasonCode.IN_THE_PAST: lambda _data: gettext("These dates are in the past."),
}
