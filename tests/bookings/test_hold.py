"""Making a booking."""

from decimal import Decimal

import pytest

from bookings.models import Booking
from payments.selectors import folio_balance
from tests.factories.bookings import held
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db


def test_a_hold_takes_rooms_and_charges_what_was_quoted():
    house = hotel(rooms=3, price="100.00")

    made = held(house, rooms=2)

    booking = Booking.objects.get(reference=made.booking.reference)
    assert booking.status == "held"
    assert booking.total == Decimal("400.00")
    assert folio_balance(folio_id=booking.folio_id) == Decimal("400.00")
    assert [(night.date, night.room_index, night.price) for night in booking.nights.order_by("date", "room_index")] == [
        (house.first, 1, Decimal(100)),
        (house.first, 2, Decimal(100)),
        (house.stay().dates()[1], 1, Decimal(100)),
        (house.stay().dates()[1], 2, Decimal(100)),
    ]
    assert (house.inventory().held, house.inventory().sold) == (2, 0)
