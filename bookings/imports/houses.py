"""The two hotels of the datasets as houses of ours: what they are called, what they sell, and how many rooms they have.

The datasets give room types by letter only. Names, beds and sizes are chosen to fit who stayed in them and what they
paid; the number of rooms follows from the most that were in use at once.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from inventory.blueprints import (
    CancellationBlueprint,
    DepositBlueprint,
    OccupancyBlueprint,
    PropertyBlueprint,
    RatePlanBlueprint,
    RoomTypeBlueprint,
    TaxBlueprint,
)
from inventory.models import BoardBasis

from .looks import CITY_ROOMS, OTHER_ROOM, RESORT_ROOMS, RoomLook
from .rows import CURRENCY
from .survey import HotelSurvey

ATTRIBUTION = (
    "Its past and future bookings are real ones, without any guest's name, from: Nuno Antonio, Ana de Almeida, Luis "
    "Nunes, “Hotel booking demand datasets”, Data in Brief 22 (2019), 41–49, doi 10.1016/j.dib.2018.11.126, CC BY 4.0."
)
TIME_ZONE = "Europe/Lisbon"
BASE_PLAN = "BB-FLEX"
SOLD_FROM_SHARE = Decimal("0.001")
"""Room types with a smaller share of the stays are kept for their bookings and not sold any more."""

FREE_UNTIL_DAY_BEFORE = CancellationBlueprint(
    name="Free until the day before",
    tiers=((24, "percent", Decimal(0)), (0, "nights", Decimal(1))),
)
NON_REFUNDABLE = CancellationBlueprint(name="Non-refundable")
NOTHING_IN_ADVANCE = DepositBlueprint(name="Nothing in advance", kind="none")
PAID_IN_FULL = DepositBlueprint(name="Paid in full when booking", kind="full")

BOARD_NAMES = {
    BoardBasis.BB: "Bed and breakfast",
    BoardBasis.RO: "Room only",
    BoardBasis.HB: "Half board",
    BoardBasis.FB: "Full board",
}
FLEXIBLE_DIFFERENCE = {BoardBasis.RO: Decimal(-12), BoardBasis.HB: Decimal(22), BoardBasis.FB: Decimal(38)}
"""EUR per room and night, against bed and breakfast."""
NON_REFUNDABLE_PERCENT = {
    BoardBasis.BB: Decimal(-10),
    BoardBasis.RO: Decimal(-20),
    BoardBasis.HB: Decimal(12),
    BoardBasis.FB: Decimal(25),
}

ROOM_AMENITIES = ("wifi", "tv", "snow", "lock")

RESORT = PropertyBlueprint(
    slug="resort-hotel-algarve",
    name="Resort Hotel Algarve",
    description=(
        "A large resort between pine trees and the Atlantic, at its fullest in July and August and at its kindest in "
        "spring. Families come for a week, walkers in winter.\n\n" + ATTRIBUTION
    ),
    stars=4,
    address="Estrada da Praia",
    postal_code="8200",
    city="Algarve",
    country="PT",
    latitude=Decimal("37.08900"),
    longitude=Decimal("-8.24700"),
    time_zone=TIME_ZONE,
    currency=CURRENCY,
    email="stay@resort-algarve.example",
    amenities=("wifi", "parking", "pool", "spa", "restaurant", "bar", "coffee", "gym", "access"),
    taxes=(TaxBlueprint(name="VAT", kind="percent", value=Decimal(6), is_included=True),),
)
CITY = PropertyBlueprint(
    slug="city-hotel-lisbon",
    name="City Hotel Lisbon",
    description=(
        "A city hotel in the middle of Lisbon, ten minutes on foot from the river. Busy all year, with groups in "
        "spring and weekends that fill early.\n\n" + ATTRIBUTION
    ),
    stars=4,
    address="Avenida da Liberdade",
    postal_code="1250",
    city="Lisbon",
    country="PT",
    latitude=Decimal("38.72000"),
    longitude=Decimal("-9.14600"),
    time_zone=TIME_ZONE,
    currency=CURRENCY,
    email="stay@city-lisbon.example",
    amenities=("wifi", "restaurant", "bar", "coffee", "lift", "key", "access", "snow"),
    taxes=(
        TaxBlueprint(name="VAT", kind="percent", value=Decimal(6), is_included=True),
        TaxBlueprint(
            name="Lisbon city tax",
            kind="person_night",
            value=Decimal(4),
            is_included=False,
            max_nights=7,
            min_age=13,
        ),
    ),
)
HOUSES = {"Resort Hotel": (RESORT, RESORT_ROOMS), "City Hotel": (CITY, CITY_ROOMS)}


def plan_code(*, board: BoardBasis, is_refundable: bool) -> str:
    """The code of the plan that bookings of a board were sold at: `BB-FLEX`, `HB-NR`."""
    return f"{board.value}-{'FLEX' if is_refundable else 'NR'}"


def house_blueprint(*, hotel: str, survey: HotelSurvey) -> PropertyBlueprint:
    """The house of a hotel of the file, with a room type for each letter and enough rooms of it."""
    house, looks = HOUSES[hotel]
    return replace(
        house,
        room_types=tuple(
            _room_type(letter, looks.get(letter, OTHER_ROOM), survey) for letter in sorted(survey.occupancy)
        ),
        deposits=(NOTHING_IN_ADVANCE, PAID_IN_FULL),
        cancellations=(FREE_UNTIL_DAY_BEFORE, NON_REFUNDABLE),
        rate_plans=(*_flexible_plans(), *_non_refundable_plans()),
    )


def _room_type(letter: str, look: RoomLook, survey: HotelSurvey) -> RoomTypeBlueprint:
    occupancy = survey.occupancy[letter]
    return RoomTypeBlueprint(
        code=letter,
        name=look.name,
        description=look.description,
        beds=look.beds,
        size_sqm=look.size_sqm,
        rooms=occupancy.rooms_needed(),
        max_adults=look.adults,
        max_children=look.children,
        max_occupancy=look.guests,
        amenities=ROOM_AMENITIES,
        occupancy_prices=(
            OccupancyBlueprint(guests="adults", count=1, kind="percent", value=Decimal(-15)),
            OccupancyBlueprint(guests="adults", count=3, kind="percent", value=Decimal(25)),
            OccupancyBlueprint(guests="adults", count=4, kind="percent", value=Decimal(45)),
        ),
        is_active=0
        < occupancy.stays
        >= SOLD_FROM_SHARE * sum(one.stays for one in survey.occupancy.values()),
    )


def _flexible_plans() -> list[RatePlanBlueprint]:
    """Bed and breakfast with prices of its own, the other boards by amounts from it."""
    plans = [
        RatePlanBlueprint(
            code=BASE_PLAN,
            name="Bed and breakfast, flexible",
            board=BoardBasis.BB,
            cancellation=FREE_UNTIL_DAY_BEFORE.name,
            deposit=NOTHING_IN_ADVANCE.name,
            description="Cancel free of charge until the day before, pay at the hotel.",
        )
    ]
    for board, difference in FLEXIBLE_DIFFERENCE.items():
        plans.append(
            RatePlanBlueprint(
                code=plan_code(board=board, is_refundable=True),
                name=f"{BOARD_NAMES[board]}, flexible",
                board=board,
                cancellation=FREE_UNTIL_DAY_BEFORE.name,
                deposit=NOTHING_IN_ADVANCE.name,
                description="Cancel free of charge until the day before, pay at the hotel.",
                derived_from=BASE_PLAN,
                derived_kind="amount",
                derived_value=difference,
            )
        )
    return plans


def _non_refundable_plans() -> list[RatePlanBlueprint]:
    return [
        RatePlanBlueprint(
            code=plan_code(board=board, is_refundable=False),
            name=f"{BOARD_NAMES[board]}, non-refundable",
            board=board,
            cancellation=NON_REFUNDABLE.name,
            deposit=PAID_IN_FULL.name,
            description="The lower price: paid when booking, and not refunded.",
            derived_from=BASE_PLAN,
            derived_kind="percent",
            derived_value=percent,
        )
        for board, percent in NON_REFUNDABLE_PERCENT.items()
    ]
