"""Bookings of the demo, made as guests make them: held, paid, confirmed, and some cancelled or lived through."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from accounts.models import User
from bookings.changes import party_of, stay_change_from
from bookings.models import Booking, BookingChannel
from bookings.selectors import payment_options
from bookings.services import (
    booking_cancel,
    booking_change,
    booking_check_in,
    booking_check_out,
    booking_hold,
    booking_payment_start,
)
from bookings.transitions import BookingStatus
from bookings.types import GuestDetails, HeldBooking
from core.dates import StayDates, local_datetime, property_today
from core.idempotency import Answer, Replay, idempotency_claim
from inventory.exceptions import SoldOut, StayNotSellable
from inventory.models import Property, RatePlan, RoomType
from inventory.types import Party
from payments.models import PaymentMethod
from payments.services import payment_record

PRINCIPAL = "demo"
RETURN_URL = "/"
WEEKS_TRIED = 6
"""The demo is loaded on any day of the year: a stay that a special day or a full house forbids comes a week later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStay:
    """A booking of ``nights`` nights that begin ``arrives_in`` days from today, made ``made_ago`` days ago.

    With ``adults_later`` the party is changed afterwards. ``ends`` is what becomes of it: None (it stays confirmed),
    "cancelled" or "lived" (checked in and out).
    """

    code: str
    house: str
    room_type: str
    arrives_in: int
    nights: int
    rate_plan: str = "FLEX"
    rooms: int = 1
    adults: int = 2
    children_ages: tuple[int, ...] = ()
    user: str | None = None
    guest: GuestDetails | None = None
    made_ago: int = 0
    weekday: int | None = None
    adults_later: int | None = None
    ends: str | None = None


def demo_guest(name: str, country: str, requests: str = "", *, language: str = "en") -> GuestDetails:
    """Return somebody with an address that nobody has."""
    address = name.lower().replace(" ", ".").encode("ascii", "ignore").decode()
    return GuestDetails(
        name=name,
        email=f"{address}@guest.example",
        country=country,
        language=language,
        special_requests=requests,
    )


def own_stays() -> Iterator[DemoStay]:
    """What the guests who can log in have booked."""
    anna, tom = "anna@guest.example", "tom@guest.example"
    yield DemoStay(
        code="anna-porto",
        house="casa-da-ribeira-porto",
        room_type="L",
        arrives_in=33,
        nights=3,
        user=anna,
        weekday=4,
    )
    yield DemoStay(
        code="anna-vienna",
        house="pension-linden-vienna",
        room_type="D",
        arrives_in=61,
        nights=4,
        user=anna,
        rate_plan="SAVER",
    )
    yield DemoStay(
        code="anna-berlin",
        house="haus-am-kanal-berlin",
        room_type="F",
        arrives_in=90,
        nights=2,
        user=anna,
        children_ages=(4, 9),
    )
    yield DemoStay(
        code="anna-paris",
        house="hotel-des-tuiles-paris",
        room_type="C",
        arrives_in=40,
        nights=2,
        user=anna,
        ends="cancelled",
    )
    yield DemoStay(
        code="anna-lisbon",
        house="pensao-alecrim-lisbon",
        room_type="D",
        arrives_in=-18,
        nights=3,
        user=anna,
        made_ago=35,
        weekday=1,
        ends="lived",
    )
    yield DemoStay(
        code="tom-tokyo",
        house="sumida-garden-hotel-tokyo",
        room_type="W",
        arrives_in=75,
        nights=5,
        user=tom,
        adults_later=1,
    )
    yield DemoStay(
        code="tom-london",
        house="wharf-house-london",
        room_type="R",
        arrives_in=12,
        nights=1,
        user=tom,
        weekday=2,
    )


def other_stays() -> Iterator[DemoStay]:
    """What others have booked: a guest house that is full for a weekend, and some rooms everywhere."""
    yield DemoStay(
        code="amoras-garden",
        house="quinta-das-amoras-faro",
        room_type="G",
        arrives_in=25,
        nights=3,
        rooms=4,
        adults=8,
        guest=demo_guest("Carla Mendes", "PT", "We celebrate a sixtieth birthday."),
        weekday=4,
    )
    yield DemoStay(
        code="amoras-pool",
        house="quinta-das-amoras-faro",
        room_type="P",
        arrives_in=25,
        nights=3,
        rooms=2,
        adults=4,
        guest=demo_guest("Jorge Mendes", "PT"),
        weekday=4,
    )
    yield DemoStay(
        code="medina-suites",
        house="dar-el-yasmine-tunis",
        room_type="S",
        arrives_in=30,
        nights=4,
        rooms=3,
        adults=6,
        guest=demo_guest("Nadia Gharbi", "FR"),
    )
    yield DemoStay(
        code="alpbach-suites",
        house="berghaus-laerchwald-alpbach",
        room_type="S",
        arrives_in=60,
        nights=7,
        rooms=3,
        adults=6,
        guest=demo_guest("Familie Gruber", "AT"),
        weekday=5,
    )
    names = (
        ("Maya Lindqvist", "SE"), ("Oliver Grant", "GB"), ("Sofia Ricci", "IT"), ("Daniel Weiss", "CH"),
        ("Yuki Tanaka", "JP"), ("Camille Roux", "FR"), ("Peter Novak", "CZ"), ("Emma Nielsen", "DK"),
    )  # fmt: skip
    rooms = (
        ("haus-am-kanal-berlin", "D"), ("wharf-house-london", "C"), ("orchard-street-hotel-new-york", "Q"),
        ("hotel-limmatblick-zurich", "D"), ("loftet-copenhagen", "B"), ("hotel-des-tuiles-paris", "P"),
        ("sumida-garden-hotel-tokyo", "S"), ("pension-linden-vienna", "E"), ("casa-da-ribeira-porto", "L"),
        ("pensao-alecrim-lisbon", "T"),
    )  # fmt: skip
    for number in range(30):
        house, room_type = rooms[number % len(rooms)]
        name, country = names[number % len(names)]
        is_single = room_type in {"S", "E"}
        yield DemoStay(
            code=f"other-{number}",
            house=house,
            room_type=room_type,
            arrives_in=8 + 5 * number,
            nights=2 + number % 3,
            adults=1 if is_single else 2,
            rate_plan="SAVER" if number % 4 == 3 else "FLEX",
            guest=demo_guest(name, country),
            weekday=(0, 1, 2)[number % 3],
            ends="cancelled" if number % 10 == 9 else None,
        )


def stay_load(*, stay: DemoStay, chain: User, at: datetime) -> Booking:
    """Make the booking of a stay, or go on where an interrupted run left it. Raises what the services raise."""
    house = Property.objects.get(slug=stay.house)
    made_at = at - timedelta(days=stay.made_ago)
    booking = _held(stay, house, made_at)
    if booking.status == BookingStatus.HELD and booking.hold_expires_at and booking.hold_expires_at > made_at:
        _pay(stay, booking, made_at)
        booking.refresh_from_db()
    if stay.adults_later and booking.status == BookingStatus.CONFIRMED:
        booking = booking_change(
            booking_id=booking.pk,
            change=stay_change_from(booking, party=replace(party_of(booking), adults=stay.adults_later)),
            expected_total=None,
            actor=chain,
            key=stay.code,
            at=made_at,
        )
    if stay.ends == "cancelled" and booking.status == BookingStatus.CONFIRMED:
        booking = booking_cancel(booking_id=booking.pk, actor=booking.user or chain, at=made_at)
    if stay.ends == "lived":
        booking = _lived(booking, house, chain)
    return booking


def _held(stay: DemoStay, house: Property, at: datetime) -> Booking:
    user = User.objects.get(email=stay.user) if stay.user else None
    claim = idempotency_claim(
        principal=PRINCIPAL,
        key=stay.code,
        request_hash=hashlib.sha256(stay.code.encode()).hexdigest(),
        render=_answer,
    )
    if isinstance(claim, Replay):
        return Booking.objects.get(pk=json.loads(claim.body_json)["booking_id"])
    arrival = _arrival(stay, property_today(house.time_zone, at + timedelta(days=stay.made_ago)))
    try:
        for weeks_later in range(WEEKS_TRIED):
            begins = arrival + timedelta(weeks=weeks_later)
            try:
                return booking_hold(
                    room_type_id=RoomType.objects.get(property=house, code=stay.room_type).pk,
                    rate_plan_id=RatePlan.objects.get(property=house, code=stay.rate_plan).pk,
                    stay=StayDates(begins, begins + timedelta(days=stay.nights)),
                    party=Party(adults=stay.adults, children_ages=stay.children_ages, rooms=stay.rooms),
                    expected_total=None,
                    guest=stay.guest or _guest_of(user),
                    user=user,
                    actor=user,
                    channel=BookingChannel.WEB,
                    at=at,
                    idempotency=claim,
                ).booking
            except (SoldOut, StayNotSellable):
                if weeks_later == WEEKS_TRIED - 1:
                    raise
        raise AssertionError("every attempt returns or raises")
    except BaseException:
        claim.release()
        raise


def _pay(stay: DemoStay, booking: Booking, at: datetime) -> None:
    """Pay what is due in advance, or promise to pay at the house."""
    options = payment_options(booking=booking)
    guarantee = next((option for option in options if option.is_guarantee), None)
    option = guarantee or options[0]
    booking_payment_start(
        booking_id=booking.pk,
        gateway=option.gateway,
        purpose=option.purpose,
        idempotency_key=f"demo-{stay.code}",
        return_url=RETURN_URL,
        card=None if option.is_guarantee else "success",
        at=at,
    )


def _lived(booking: Booking, house: Property, chain: User) -> Booking:
    if booking.status == BookingStatus.CONFIRMED:
        arrived = local_datetime(booking.arrival, house.arrival_from, house.time_zone)
        booking = booking_check_in(booking_id=booking.pk, actor=chain, at=arrived)
    if booking.status == BookingStatus.CHECKED_IN:
        left = local_datetime(booking.departure, house.departure_until, house.time_zone)
        payment_record(
            folio_id=booking.folio_id,
            method=PaymentMethod.CARD,
            amount=booking.total,
            currency=booking.currency,
            idempotency_key=f"demo-{booking.pk}-desk",
            actor=chain,
            at=left,
        )
        booking = booking_check_out(booking_id=booking.pk, actor=chain, at=left)
    return booking


def _arrival(stay: DemoStay, today: date) -> date:
    """The day of arrival; with a weekday, the first such day from then on (before then, for a stay of the past)."""
    arrival = today + timedelta(days=stay.arrives_in)
    if stay.weekday is None:
        return arrival
    forward = (stay.weekday - arrival.weekday()) % 7
    return arrival + timedelta(days=forward if stay.arrives_in > 0 else forward - 7)


def _guest_of(user: User | None) -> GuestDetails:
    if user is None:
        raise ValueError("a stay of the demo has a user or a guest")
    return GuestDetails(name=user.full_name, email=user.email, country=user.country, language=user.language)


def _answer(held: HeldBooking) -> Answer:
    return Answer(status=201, body={"booking_id": held.booking.pk})
