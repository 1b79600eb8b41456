"""What staff say of a booking."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings.exceptions import TransitionNotAllowed, WrongDay
from bookings.services import booking_check_in, booking_check_in_undo, booking_check_out, booking_no_show
from core.dates import local_datetime
from core.exceptions import PermissionDenied
from inventory.exceptions import SoldOut
from payments.models import Refund
from payments.selectors import folio_balance, folio_charges
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed, held

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(house):
    return StaffFactory(property=house.property)


def on_day(house, offset: int, hour: str = "18:00"):
    """An instant of a day of the stay, on the property's clock."""
    from datetime import time

    return local_datetime(
        house.first + timedelta(days=offset), time.fromisoformat(hour), house.property.time_zone
    )


def test_a_guest_comes_and_goes(house, clerk):
    booking = confirmed(house)

    arrived = booking_check_in(booking_id=booking.pk, actor=clerk, at=on_day(house, 0))
    left = booking_check_out(booking_id=booking.pk, actor=clerk, at=on_day(house, 2))

    assert (arrived.checked_in_at, left.checked_out_at) == (on_day(house, 0), on_day(house, 2))
    assert left.status == "checked_out"
    assert house.inventory().sold == 1, "a stay that took place stays in the inventory"


@pytest.mark.parametrize("offset", [-1, 3])
def test_nobody_checks_in_on_another_day(house, clerk, offset):
    booking = confirmed(house)

    with pytest.raises(WrongDay):
        booking_check_in(booking_id=booking.pk, actor=clerk, at=on_day(house, offset))

    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_the_propertys_clock_decides_what_today_is(house, clerk):
    booking = confirmed(house)
    just_after_midnight = on_day(house, 0, "00:30")
    assert just_after_midnight.date() < house.first, "in UTC it is still the day before"

    assert booking_check_in(booking_id=booking.pk, actor=clerk, at=just_after_midnight).status == "checked_in"


def test_a_mistaken_check_in_is_undone(house, clerk):
    booking = confirmed(house)
    booking_check_in(booking_id=booking.pk, actor=clerk, at=on_day(house, 0))

    undone = booking_check_in_undo(booking_id=booking.pk, actor=clerk)

    assert (undone.status, undone.checked_in_at) == ("confirmed", None)
    with pytest.raises(TransitionNotAllowed):
        booking_check_in_undo(booking_id=booking.pk, actor=clerk)


def test_nobody_comes_the_fee_is_kept_and_the_rooms_are_free(house, clerk):
    house.plan.cancellation_policy.no_show_percent = 80
    house.plan.cancellation_policy.save()
    booking = confirmed(house)

    missed = booking_no_show(booking_id=booking.pk, actor=clerk, at=on_day(house, 0, "23:00"))

    assert (missed.status, missed.cancellation_fee) == ("no_show", Decimal("160.00"))
    assert Refund.objects.get().amount == Decimal("40.00")
    assert folio_balance(folio_id=booking.folio_id) == 0
    assert house.inventory().sold == 0


def test_before_the_day_of_arrival_nobody_is_missed(house, clerk):
    booking = confirmed(house)

    with pytest.raises(WrongDay):
        booking_no_show(booking_id=booking.pk, actor=clerk, at=on_day(house, -1))

    assert house.inventory().sold == 1


def test_somebody_comes_after_all(house, clerk):
    booking = confirmed(house)
    booking_no_show(booking_id=booking.pk, actor=clerk, at=on_day(house, 0, "23:00"))

    back = booking_check_in(booking_id=booking.pk, actor=clerk, at=on_day(house, 0, "23:30"))

    assert (back.status, back.cancellation_fee) == ("checked_in", None)
    assert folio_charges(folio_id=booking.folio_id) == Decimal(200)
    assert folio_balance(folio_id=booking.folio_id) == 0
    assert house.inventory().sold == 1


def test_somebody_comes_after_all_and_the_house_is_full(house, clerk):
    booking = confirmed(house)
    booking_no_show(booking_id=booking.pk, actor=clerk, at=on_day(house, 0, "23:00"))
    held(house, rooms=2)

    with pytest.raises(SoldOut):
        booking_check_in(booking_id=booking.pk, actor=clerk, at=on_day(house, 0, "23:30"))

    booking.refresh_from_db()
    assert booking.status == "no_show"


@pytest.mark.parametrize(
    "service", [booking_check_in, booking_check_out, booking_no_show, booking_check_in_undo]
)
def test_only_staff_of_the_property(house, service):
    booking = confirmed(house)

    with pytest.raises(PermissionDenied):
        service(booking_id=booking.pk, actor=StaffFactory(), at=on_day(house, 0))

    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_a_hold_is_not_checked_in(house, clerk):
    booking = held(house).booking

    with pytest.raises(TransitionNotAllowed):
        booking_check_in(booking_id=booking.pk, actor=clerk, at=on_day(house, 0))
