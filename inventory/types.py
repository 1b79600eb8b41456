"""What inventory hands to others: parties, itemised quotes, reasons and offers. Plain data, no ORM."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.dates import StayDates
from core.exceptions import ValidationFailed
from inventory.reasons import ReasonCode, reason_message

__all__ = [
    "Party",
    "PartyInvalid",
    "Quote",
    "QuoteLine",
    "QuoteLineKind",
    "QuoteNight",
    "Reason",
    "ReasonCode",
    "RoomParty",
    "party_split",
]

PARTY_MAX_ROOMS = 20
PARTY_MAX_ADULTS = 80
PARTY_MAX_CHILDREN = 40
CHILD_MAX_AGE = 17


class PartyInvalid(ValidationFailed):
    """Nobody could stay like this."""

    code = "party_invalid"
    message = _("These guests cannot be spread over the rooms.")


@dataclass(frozen=True, slots=True)
class RoomParty:
    """Who sleeps in one room. ``adults`` are those who count and pay as adults.

    ``older_ages`` are the ages of the children among them (older than the property's limit for children).
    """

    adults: int
    children_ages: tuple[int, ...] = ()
    older_ages: tuple[int, ...] = ()

    @property
    def guests(self) -> int:
        return self.adults + len(self.children_ages)

    @property
    def children(self) -> int:
        return len(self.children_ages)

    def guests_from_age(self, min_age: int | None) -> int:
        """Guests of at least ``min_age`` years; adults are always."""
        if min_age is None:
            return self.guests
        ages = (*self.children_ages, *self.older_ages)
        return self.guests - sum(age < min_age for age in ages)


@dataclass(frozen=True, slots=True)
class Party:
    """Who wants to stay: adults, the ages of the children (0 to 17), and the number of rooms.

    Raises `PartyInvalid` without an adult for each room, for impossible ages and numbers beyond our limits.
    """

    adults: int
    children_ages: tuple[int, ...] = ()
    rooms: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.rooms <= PARTY_MAX_ROOMS:
            raise PartyInvalid(
                _("Please choose 1 to %(most)d rooms.") % {"most": PARTY_MAX_ROOMS},
                field="rooms",
                data={"max_rooms": PARTY_MAX_ROOMS},
            )
        if not 1 <= self.adults <= PARTY_MAX_ADULTS:
            raise PartyInvalid(
                _("Please choose 1 to %(most)d adults.") % {"most": PARTY_MAX_ADULTS},
                field="adults",
                data={"max_adults": PARTY_MAX_ADULTS},
            )
        if self.adults < self.rooms:
            raise PartyInvalid(_("Every room needs an adult."), field="adults", data={"rooms": self.rooms})
        if len(self.children_ages) > PARTY_MAX_CHILDREN:
            raise PartyInvalid(
                _("At most %(most)d children can stay.") % {"most": PARTY_MAX_CHILDREN},
                field="children",
                data={"max_children": PARTY_MAX_CHILDREN},
            )
        if any(not 0 <= age <= CHILD_MAX_AGE for age in self.children_ages):
            raise PartyInvalid(
                _("Children are 0 to %(age)d years old.") % {"age": CHILD_MAX_AGE},
                field="children",
                data={"max_age": CHILD_MAX_AGE},
            )

    @property
    def children(self) -> int:
        return len(self.children_ages)

    @property
    def guests(self) -> int:
        return self.adults + len(self.children_ages)


def party_split(party: Party, child_max_age: int) -> tuple[RoomParty, ...]:
    """The party over its rooms: an adult in each, and no room with two guests more than another.

    Children older than ``child_max_age`` count as adults. The same party is always split the same way.
    """
    adults = [
        party.adults // party.rooms + (index < party.adults % party.rooms) for index in range(party.rooms)
    ]
    older: list[list[int]] = [[] for _room in adults]
    children: list[list[int]] = [[] for _room in adults]
    for age in sorted(party.children_ages, reverse=True):
        group = older if age > child_max_age else children
        emptiest = min(
            range(party.rooms), key=lambda index: adults[index] + len(older[index]) + len(children[index])
        )
        group[emptiest].append(age)
    return tuple(
        RoomParty(adults=count + len(grown), children_ages=tuple(young), older_ages=tuple(grown))
        for count, grown, young in zip(adults, older, children, strict=True)
    )


class QuoteLineKind(TextChoices):
    ROOM = "room", _("room")
    SPECIAL_DAY = "special_day", _("special day")
    MEMBER_DISCOUNT = "member_discount", _("member discount")
    TAX = "tax", _("tax")


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a quote, in the property's currency; ``data`` is what its label says, for other languages.

    Room, special day and discount lines belong to a night (``date``) of a room (``room_index``, from 1); tax lines
    to the stay. A line with ``is_included`` informs about what other lines contain and is not summed.
    """

    kind: str
    label: str
    amount: Decimal
    date: date | None = None
    room_index: int | None = None
    is_included: bool = False
    data: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "label": self.label,
            "amount": str(self.amount),
            "date": self.date.isoformat() if self.date else None,
            "room_index": self.room_index,
            "is_included": self.is_included,
            "data": self.data,
        }


@dataclass(frozen=True, slots=True)
class QuoteNight:
    """What one room costs for one night after discounts, with included and without added taxes."""

    date: date
    room_index: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Quote:
    """What a stay costs, line by line, to the cent: ``total == room_total + tax_added``.

    ``fingerprint`` is equal for equal stays at equal prices and terms, whatever the language of the labels.
    """

    property_id: int
    room_type_id: int
    rate_plan_id: int
    stay: StayDates
    party: Party
    currency: str
    lines: tuple[QuoteLine, ...]
    nights: tuple[QuoteNight, ...]
    room_total: Decimal
    tax_added: Decimal
    tax_included: Decimal
    total: Decimal
    deposit_due: Decimal
    cancellation_terms: dict[str, Any]
    fingerprint: str = ""

    def as_json(self) -> dict[str, Any]:
        """The quote as JSON: amounts are strings at the currency's digits, dates ISO 8601."""
        return {
            "property_id": self.property_id,
            "room_type_id": self.room_type_id,
            "rate_plan_id": self.rate_plan_id,
            "arrival": self.stay.arrival.isoformat(),
            "departure": self.stay.departure.isoformat(),
            "party": {
                "adults": self.party.adults,
                "children_ages": list(self.party.children_ages),
                "rooms": self.party.rooms,
            },
            "currency": self.currency,
            "lines": [line.as_json() for line in self.lines],
            "nights": [
                {"date": night.date.isoformat(), "room_index": night.room_index, "price": str(night.price)}
                for night in self.nights
            ],
            "room_total": str(self.room_total),
            "tax_added": str(self.tax_added),
            "tax_included": str(self.tax_included),
            "total": str(self.total),
            "deposit_due": str(self.deposit_due),
            "cancellation_terms": self.cancellation_terms,
            "fingerprint": self.fingerprint,
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something cannot be sold: a code and JSON-safe data; the sentence is in the reader's language."""

    code: str
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence for people, in the active language."""
        return reason_message(self.code, self.data)

    def __str__(self) -> str:
        return self.message
