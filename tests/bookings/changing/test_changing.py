"""Stays become other ones: what they cost, what is charged or goes back, and which rooms they take."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from accounts.models import StaffRole
from bookings.exceptions import NothingToChange, TransitionNotAllowed, VersionConflict
from bookings.models import BookingChange, BookingNight
from bookings.services import booking_cancel, booking_change, booking_check_in
from bookings.types import StayChange
from inventory.exceptions import QuoteChanged, SoldOut, StayNotSellable, UnknownRatePlan
from inventory.models import Rate
from inventory.types import Party
from notifications.models import DomainEvent, Notification
from payments.models import FolioEntry
from payments.selectors import folio_balance
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed, held
from tests.factories.inventory import hotel

from .acts import change, everything_adds_up, look, read

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def desk(house):
    return StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)


def test_nights_that_stay_keep_their_price_and_new_ones_have_todays(house, desk):
    booking = confirmed(house)
    Rate.objects.update(price=Decimal("130.00"))

    preview, booking = change(booking, actor=desk, departure=booking.departure + DAY)

    first = booking.arrival
    assert [tuple(night) for night in preview.nights] == [
        (first, Decimal("100.00"), Decimal("100.00")),
        (first + DAY, Decimal("100.00"), Decimal("100.00")),
        (first + 2 * DAY, None, Decimal("130.00")),
    ]
    assert (preview.before_total, preview.after_total, preview.difference) == (200, 330, 130)
    assert (preview.fee, preview.paid, preview.due_now, preview.refund, preview.owed) == (0, 200, 0, 0, 130)
    assert (booking.total, folio_balance(folio_id=booking.folio_id)) == (330, 130)
    assert [house.inventory(offset).sold for offset in range(4)] == [1, 1, 1, 0]
    assert list(
        FolioEntry.objects.filter(folio=booking.folio, kind__in=("charge", "reversal"))
        .order_by("pk")
        .values_list("kind", "amount", "stay_date")
    ) == [
        ("charge", 100, first),
        ("charge", 100, first + DAY),
        ("charge", 130, first + 2 * DAY),
    ]
    everything_adds_up()


def test_staff_may_give_all_nights_todays_price(house, desk):
    booking = confirmed(house)
    Rate.objects.update(price=Decimal("90.00"))

    preview, booking = change(booking, actor=desk, departure=booking.departure + DAY, reprice=True)

    assert (preview.after_total, preview.owed) == (270, 70)
    assert set(booking.nights.values_list("price", flat=True)) == {Decimal(90)}
    everything_adds_up()


def test_another_party_is_priced_anew_and_other_dates_in_part(house, desk):
    booking = confirmed(house)
    Rate.objects.update(price=Decimal("130.00"))

    _wanted, of_party = look(booking, actor=desk, party=Party(1))
    _wanted, of_dates = look(
        booking, actor=desk, arrival=booking.arrival + DAY, departure=booking.departure + DAY
    )

    assert of_party.after_total == 260
    assert of_dates.after_total == 230


def test_fewer_nights_give_money_back_and_free_rooms(house, django_capture_on_commit_callbacks):
    booking = confirmed(house, stay=house.stay(0, 4))

    preview, booking = change(booking, departure=booking.departure - 2 * DAY)

    assert (preview.difference, preview.refund, preview.due_now) == (-200, 200, 0)
    assert [house.inventory(offset).sold for offset in range(4)] == [1, 1, 0, 0]
    assert BookingNight.objects.filter(booking=booking).count() == 2
    everything_adds_up()


def test_the_guest_pays_first(house):
    booking = confirmed(house)

    preview, booking = change(booking, departure=booking.departure + 2 * DAY)

    assert (preview.due_now, preview.owed) == (200, 200)
    assert (booking.total, booking.departure) == (200, house.stay().departure)
    assert [(house.inventory(offset).sold, house.inventory(offset).held) for offset in range(5)] == [
        (1, 0),
        (1, 0),
        (0, 1),
        (0, 1),
        (0, 0),
    ]
    everything_adds_up()


def test_another_room_type_and_plan_in_one_transaction(house, desk):
    suite = hotel(
        in_property=house.property, plan=house.plan, rooms=1, nights=8, price="180.00", first=house.first
    )
    other = hotel(in_property=house.property, rooms=1, nights=8, price="50.00", first=house.first)
    booking = confirmed(house)

    preview, booking = change(booking, actor=desk, room_type_id=suite.room_type.pk)

    assert (preview.difference, booking.room_type_id) == (160, suite.room_type.pk)
    assert [(house.inventory(n).sold, suite.inventory(n).sold) for n in range(2)] == [(0, 1), (0, 1)]
    _wanted, unknown = look(booking, actor=desk, rate_plan_id=other.plan.pk)
    assert isinstance(unknown.refusal, StayNotSellable)  # the plan has no prices for the suite
    _wanted, nowhere = look(booking, actor=desk, rate_plan_id=0)
    assert isinstance(nowhere.refusal, UnknownRatePlan)
    everything_adds_up()


def test_sold_out_on_one_night_changes_nothing(house, desk):
    booking = confirmed(house, stay=house.stay(0, 2))
    for _room in range(2):
        confirmed(house, stay=house.stay(3, 1))
    before = read(booking)

    wanted, preview = look(booking, actor=desk, departure=house.first + 5 * DAY)
    with pytest.raises(SoldOut) as refused:
        booking_change(booking_id=booking.pk, change=wanted, expected_total=None, actor=desk)

    assert isinstance(preview.refusal, SoldOut)
    assert refused.value.data["nights"] == [(house.first + 3 * DAY).isoformat()]
    after = read(booking)
    assert (after.version, after.total, after.departure) == (before.version, 200, before.departure)
    assert not BookingChange.objects.exists()
    everything_adds_up()


def test_moving_by_a_night_does_not_need_a_room_twice(desk, house):
    small = hotel(rooms=1, nights=5)
    clerk = StaffFactory(property=small.property, role=StaffRole.FRONT_DESK)
    booking = confirmed(small, stay=small.stay(0, 3))

    change(booking, actor=clerk, arrival=small.first + DAY, departure=small.first + 4 * DAY)

    assert [small.inventory(n).sold for n in range(5)] == [0, 1, 1, 1, 0]
    everything_adds_up()


def test_an_expired_hold_gives_way(house, desk, at):
    booking = confirmed(house, stay=house.stay(0, 2), at=at)
    for _room in range(2):
        held(house, stay=house.stay(2, 1), at=at)

    wanted, _preview = look(booking, actor=desk, departure=house.first + 3 * DAY)
    booking_change(
        booking_id=booking.pk,
        change=wanted,
        expected_total=Decimal(300),
        actor=desk,
        at=at + timedelta(hours=5),
    )

    assert (house.inventory(2).held, house.inventory(2).sold) == (0, 1)
    everything_adds_up()


def test_a_hold_is_changed_at_no_cost(house):
    booking = held(house).booking

    preview, booking = change(booking, departure=booking.departure + DAY)

    assert (preview.due_now, preview.fee, preview.owed) == (0, 0, 300)
    assert (booking.status, booking.total, house.inventory(2).held) == ("held", 300, 1)
    everything_adds_up()


def test_what_was_agreed_is_checked(house, desk):
    booking = confirmed(house)
    wanted, preview = look(booking, actor=desk, departure=booking.departure + DAY)

    with pytest.raises(QuoteChanged):
        booking_change(booking_id=booking.pk, change=wanted, expected_total=Decimal(1), actor=desk)
    change(booking, actor=desk, departure=booking.departure + 2 * DAY)
    with pytest.raises(VersionConflict) as conflict:
        booking_change(
            booking_id=booking.pk,
            change=wanted,
            expected_total=preview.after_total,
            expected_version=preview.version,
            actor=desk,
        )

    told = {one.label: (one.theirs, one.by) for one in conflict.value.changes}
    assert told["Departure"] == ((house.first + 4 * DAY).isoformat(), str(desk))
    assert read(booking).total == 400


def test_the_same_key_is_one_change(house, desk):
    booking = confirmed(house)
    wanted, _preview = look(booking, actor=desk, departure=booking.departure + DAY)

    for _time in range(2):
        booking_change(booking_id=booking.pk, change=wanted, expected_total=None, actor=desk, key="once")

    assert (read(booking).total, BookingChange.objects.count()) == (300, 1)


def test_nothing_to_change_and_nothing_left_to_change(house, desk):
    booking = confirmed(house)

    assert isinstance(look(booking, actor=desk)[1].refusal, NothingToChange)
    booking_cancel(booking_id=booking.pk, actor=None)
    _wanted, preview = look(booking, actor=desk, departure=booking.departure + DAY)
    assert isinstance(preview.refusal, TransitionNotAllowed)


def test_guests_and_programs_are_told(house, desk):
    booking = confirmed(house)

    change(booking, actor=desk, departure=booking.departure + DAY, party=Party(1))

    mail = Notification.objects.get(type="booking_changed")
    labels = {entry["label"]: (entry["before"], entry["after"]) for entry in mail.context["changes"]}
    assert labels["Total"] == ("€200.00", "€300.00")
    assert labels["Guests"] == ("2 adults, 1 room", "1 adult, 1 room")
    assert set(labels) == {"Departure", "Guests", "Total"}
    event = DomainEvent.objects.filter(type="booking.changed").latest("pk")
    assert event.data["changes"] == ["departure", "adults"]
    assert event.data["version"] == read(booking).version


def test_in_the_house_the_arrival_is_over(house, desk):
    booking = confirmed(house)
    arrival_at = booking.arrival
    now = datetime.combine(arrival_at, time(18), tzinfo=UTC)
    booking_check_in(booking_id=booking.pk, actor=desk, at=now)

    _wanted, moved = look(booking, actor=desk, at=now, arrival=arrival_at + DAY)
    preview, longer = change(booking, actor=desk, at=now, departure=booking.departure + DAY)

    assert getattr(moved.refusal, "code", "") == "arrival_over"
    assert (longer.status, longer.total, preview.owed) == ("checked_in", 300, 100)
    everything_adds_up()


def test_rooms_beyond_what_the_party_had(house, desk):
    booking = confirmed(house)
    wanted = StayChange(
        booking.arrival, booking.departure, booking.room_type_id, booking.rate_plan_id, Party(4, (), 2)
    )

    _preview, booking = change(booking, actor=desk, party=wanted.party)

    assert (booking.rooms, booking.adults, booking.total) == (2, 4, 400)
    assert [house.inventory(n).sold for n in range(2)] == [2, 2]
    everything_adds_up()
