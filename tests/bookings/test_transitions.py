"""The one table of transitions: the service reads it, the database is made from it, and both agree on every pair."""

import pytest
from django.db import DatabaseError, transaction

from bookings.exceptions import TransitionNotAllowed
from bookings.models import Booking
from bookings.services.moving import booking_lock, booking_move
from bookings.transitions import TRANSITIONS, BookingStatus, transition_allowed
from tests.factories.bookings import held
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db

PATHS = {
    BookingStatus.HELD: (),
    BookingStatus.CONFIRMED: (BookingStatus.CONFIRMED,),
    BookingStatus.CHECKED_IN: (BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN),
    BookingStatus.CHECKED_OUT: (BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN, BookingStatus.CHECKED_OUT),
    BookingStatus.EXPIRED: (BookingStatus.EXPIRED,),
    BookingStatus.CANCELLED: (BookingStatus.CANCELLED,),
    BookingStatus.NO_SHOW: (BookingStatus.CONFIRMED, BookingStatus.NO_SHOW),
}
PLACES = {"held": (1, 0), "confirmed": (0, 1), "checked_in": (0, 1), "checked_out": (0, 1)}


def move(booking: Booking, target: BookingStatus) -> Booking:
    with transaction.atomic():
        return booking_move(booking_lock(booking_id=booking.pk), target=target)


def booking_in(house, status: BookingStatus) -> Booking:
    booking = held(house).booking
    for step in PATHS[status]:
        booking = move(booking, step)
    return booking


@pytest.mark.parametrize("source", list(BookingStatus))
def test_service_and_trigger_agree_on_every_target(source):
    house = hotel(rooms=1, nights=3)
    booking = booking_in(house, source)

    for target in BookingStatus:
        is_allowed = transition_allowed(source=source, target=target)
        with transaction.atomic():
            assert allowed_by_service(house, booking, source, target) == is_allowed
            transaction.set_rollback(True)
        is_no_transition = source == target
        assert allowed_by_trigger(booking, target) == (is_allowed or is_no_transition)


def allowed_by_service(house, booking: Booking, source: BookingStatus, target: BookingStatus) -> bool:
    try:
        status = move(booking, target).status
    except TransitionNotAllowed:
        status = Booking.objects.get(pk=booking.pk).status
        assert status == source
    night = house.inventory()
    assert (night.held, night.sold) == PLACES.get(status, (0, 0))
    return status == target != source


def allowed_by_trigger(booking: Booking, target: BookingStatus) -> bool:
    try:
        with transaction.atomic():
            Booking.objects.filter(pk=booking.pk).update(status=target)
            transaction.set_rollback(True)
    except DatabaseError:
        return False
    return True


def test_a_refusal_says_between_what():
    booking = held(hotel(nights=3)).booking

    with pytest.raises(TransitionNotAllowed) as refused:
        move(booking, BookingStatus.NO_SHOW)

    assert refused.value.data == {"status": "held", "target": "no_show"}


def test_every_state_can_be_reached():
    reached = {BookingStatus.HELD}
    for source, target in TRANSITIONS * len(BookingStatus):
        if source in reached:
            reached.add(target)

    assert reached == set(BookingStatus)


def test_a_move_outside_a_transaction_is_refused(transactional_db):
    booking = held(hotel(nights=3)).booking

    with pytest.raises(transaction.TransactionManagementError):
        booking_move(booking, target=BookingStatus.CONFIRMED)


def test_every_write_counts_the_version_up():
    booking = held(hotel(nights=3)).booking

    assert booking.version == 0
    assert move(booking, BookingStatus.CONFIRMED).version == 1
    assert move(booking, BookingStatus.CHECKED_IN).version == 2
