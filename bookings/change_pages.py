"""What pages show of a change: the stay before and after, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from core.formats import format_day
from inventory.types import Party

from .changes import party_of
from .models import Booking
from .types import ChangePreview, StayChange


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One thing before and after."""

    label: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class ComparedAmount:
    """An amount before and after; None where there is none."""

    label: str
    before: Decimal | None
    after: Decimal | None

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def compared_rows(booking: Booking, change: StayChange, *, names: dict[str, str]) -> list[ComparedRow]:
    """The stay in words, before and after. ``names`` are those of the room type and the rate plan to be."""
    return [
        ComparedRow(gettext("Arrival"), format_day(booking.arrival), format_day(change.arrival)),
        ComparedRow(gettext("Departure"), format_day(booking.departure), format_day(change.departure)),
        ComparedRow(gettext("Room"), booking.room_type.name, names["room_type"]),
        ComparedRow(gettext("Rate"), booking.rate_plan.name, names["rate_plan"]),
        ComparedRow(gettext("Guests"), _party_words(party_of(booking)), _party_words(change.party)),
    ]


def compared_amounts(booking: Booking, preview: ChangePreview) -> list[ComparedAmount]:
    """Every night, the taxes that are added, and the total, before and after."""
    amounts = [ComparedAmount(format_day(night.date), night.before, night.after) for night in preview.nights]
    after = booking.tax_added if preview.quote is None else preview.quote.tax_added
    if booking.tax_added or after:
        amounts.append(ComparedAmount(gettext("Taxes"), booking.tax_added, after))
    return amounts


def _party_words(party: Party) -> str:
    parts = [ngettext("%(count)d adult", "%(count)d adults", party.adults) % {"count": party.adults}]
    if party.children:
        children = ngettext("%(count)d child", "%(count)d children", party.children) % {
            "count": party.children
        }
        ages = ", ".join(str(age) for age in party.children_ages)
        parts.append(f"{children} ({ages})")
    parts.append(ngettext("%(count)d room", "%(count)d rooms", party.rooms) % {"count": party.rooms})
    return ", ".join(parts)
