"""Policies and rate plans that several houses of the demo share, and short ways to write room types."""

from __future__ import annotations

from decimal import Decimal

from inventory.blueprints import (
    CancellationBlueprint,
    DepositBlueprint,
    OccupancyBlueprint,
    RatePlanBlueprint,
    RoomTypeBlueprint,
    TaxBlueprint,
)

NOTHING = DepositBlueprint(name="Nothing in advance", kind="none")
FULL = DepositBlueprint(name="Paid in full when booking", kind="full")
FIRST_NIGHT = DepositBlueprint(name="The first night", kind="first_night")

UNTIL_TWO_DAYS_BEFORE = CancellationBlueprint(
    name="Free until 18:00 two days before",
    tiers=((45, "percent", Decimal(0)), (0, "nights", Decimal(1))),
    early_departure_percent=Decimal(50),
)
"""45 hours before 15:00 on the day of arrival is 18:00 two days before."""
NEVER_FREE = CancellationBlueprint(name="Non-refundable")
UNTIL_A_WEEK_BEFORE = CancellationBlueprint(
    name="Free until a week before, then in steps",
    tiers=((168, "percent", Decimal(0)), (72, "percent", Decimal(30)), (24, "percent", Decimal(60))),
    no_show_percent=Decimal(90),
    change_fee=Decimal(10),
    early_departure_percent=Decimal(80),
)


def percent_deposit(percent: int) -> DepositBlueprint:
    """A share of the total."""
    return DepositBlueprint(name=f"{percent} % of the total", kind="percent", value=Decimal(percent))


def amount_deposit(amount: int) -> DepositBlueprint:
    """A fixed amount per room, in the house's currency."""
    return DepositBlueprint(name=f"{amount} per room", kind="amount", value=Decimal(amount))


def room(
    code: str,
    name: str,
    rooms: int,
    beds: str,
    size_sqm: int,
    description: str,
    *,
    adults: int = 2,
    children: int = 1,
    amenities: tuple[str, ...] = ("wifi", "tv"),
    single: int = 0,
    third: int = 0,
    child: int = 0,
) -> RoomTypeBlueprint:
    """A room type; ``single``, ``third`` and ``child`` change the price of a night for one adult, three, a child."""
    prices = [
        OccupancyBlueprint(guests="adults", count=1, value=Decimal(single)) if single else None,
        OccupancyBlueprint(guests="adults", count=3, value=Decimal(third)) if third and adults >= 3 else None,
        *(
            OccupancyBlueprint(guests="children", count=count, value=Decimal(child * count))
            for count in range(1, children + 1)
            if child
        ),
    ]
    return RoomTypeBlueprint(
        code=code,
        name=name,
        rooms=rooms,
        beds=beds,
        size_sqm=size_sqm,
        description=description,
        standard_occupancy=min(2, adults),
        max_adults=adults,
        max_children=children,
        max_occupancy=max(adults, adults + children - (1 if adults > 2 else 0)),
        amenities=amenities,
        occupancy_prices=tuple(price for price in prices if price is not None),
    )


def plans(
    *,
    board: str,
    flexible: CancellationBlueprint,
    deposit: DepositBlueprint,
    saver_percent: int | None = -10,
    breakfast: int | None = None,
    half_board: int | None = None,
) -> tuple[RatePlanBlueprint, ...]:
    """The flexible plan with prices of its own, and those derived from it: cheaper ones by percent, meals by amount."""
    words = {"RO": "Room only", "BB": "Bed and breakfast", "HB": "Half board", "FB": "Full board"}
    meals = {"BB": "With breakfast", "HB": "With breakfast and dinner"}
    base = RatePlanBlueprint(
        code="FLEX",
        name=f"{words[board]}, flexible",
        board=board,
        cancellation=flexible.name,
        deposit=deposit.name,
        description=f"{flexible.name}. Deposit: {deposit.name.lower()}.",
    )
    derived = []
    if saver_percent is not None:
        derived.append(
            RatePlanBlueprint(
                code="SAVER",
                name=f"{words[board]}, non-refundable",
                board=board,
                cancellation=NEVER_FREE.name,
                deposit=FULL.name,
                description="The lowest price. Paid when booking, and not refunded.",
                derived_from="FLEX",
                derived_kind="percent",
                derived_value=Decimal(saver_percent),
                member_discount=False,
            )
        )
    for meal_board, amount in (("BB", breakfast), ("HB", half_board)):
        if amount is not None:
            derived.append(
                RatePlanBlueprint(
                    code=meal_board,
                    name=f"{words[meal_board]}, flexible",
                    board=meal_board,
                    cancellation=flexible.name,
                    deposit=deposit.name,
                    description=f"{meals[meal_board]}. {flexible.name}.",
                    derived_from="FLEX",
                    derived_kind="amount",
                    derived_value=Decimal(amount),
                )
            )
    return (base, *derived)


def included(name: str, percent: str) -> TaxBlueprint:
    """A tax that prices contain."""
    return TaxBlueprint(name=name, kind="percent", value=Decimal(percent), is_included=True)


def added(name: str, percent: str) -> TaxBlueprint:
    """A tax in percent on top of prices."""
    return TaxBlueprint(name=name, kind="percent", value=Decimal(percent), is_included=False)


def per_person(
    name: str, amount: str, *, max_nights: int | None = None, min_age: int | None = None
) -> TaxBlueprint:
    """A city tax per guest and night."""
    return TaxBlueprint(
        name=name,
        kind="person_night",
        value=Decimal(amount),
        is_included=False,
        max_nights=max_nights,
        min_age=min_age,
    )


def per_room(name: str, amount: str) -> TaxBlueprint:
    """A fee per room and night."""
    return TaxBlueprint(name=name, kind="room_night", value=Decimal(amount), is_included=False)
