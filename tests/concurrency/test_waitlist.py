"""One room comes free, and everybody wants it: one owner, and a mail only for who really has it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from bookings.models import Booking
from bookings.selectors import inventory_differences
from bookings.services import booking_cancel
from notifications.models import Notification
from tests.concurrency.crowd import crowd_run
from tests.factories.inventory import Hotel, hotel
from tests.factories.waitlist import sold_out, waiting
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.services import offers_make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BUYERS = 50


def crowd(house: Hotel, *, buyers: int, dispatchers: int, **more: Any) -> list[dict[str, Any]]:
    stay = house.stay()
    orders = {
        "members": buyers + dispatchers,
        "dispatchers": dispatchers,
        "room_type": house.room_type.pk,
        "rate_plan": house.plan.pk,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "attempts": 3,
        **more,
    }
    database = connection.settings_dict["NAME"]
    return crowd_run("tests.concurrency.buyers:want", orders=orders, database=database)


def everything_adds_up() -> None:
    """Every mail has its offer, every offer its hold, and nobody has a room that somebody else has."""
    offers = WaitlistOffer.objects.select_related("booking", "entry")
    mails = set(Notification.objects.filter(type="waitlist_offered").values_list("dedup_key", flat=True))
    assert {f"waitlist-offered:{offer.pk}" for offer in offers} == {key.partition(" ")[0] for key in mails}
    assert [offer.booking.status for offer in offers] == ["held"] * len(offers)
    assert [offer.entry.status for offer in offers] == ["offered"] * len(offers)
    assert WaitlistEntry.objects.filter(status="offered").count() == len(offers)
    assert inventory_differences() == []


def test_fifty_buyers_race_one_offer_for_one_room():
    house = hotel(rooms=1, nights=4)
    [booking] = sold_out(house)
    waiting(house)

    reports = crowd(house, buyers=BUYERS, dispatchers=2, cancel=booking.pk)

    assert [report["failed"] for report in reports if "failed" in report] == []
    bought = [report["bought"] for report in reports if "bought" in report]
    offered = [reference for report in reports for reference in report.get("offered", ())]
    assert len(bought) + len(offered) == 1, "one room, one owner"
    assert Booking.objects.filter(status="held").count() == 1
    assert WaitlistOffer.objects.count() == len(offered)
    assert (house.inventory().held, house.inventory().available) == (1, 0)
    assert {report["refused"] for report in reports if "refused" in report} <= {"sold_out", "busy"}
    everything_adds_up()


def test_many_dispatchers_offer_each_room_and_each_guest_once():
    house = hotel(rooms=3, nights=4)
    bookings = sold_out(house)
    entries = [waiting(house) for _guest in range(5)]
    for booking in bookings:
        booking_cancel(booking_id=booking.pk, actor=None)

    reports = crowd(house, buyers=0, dispatchers=6)

    assert [report["failed"] for report in reports if "failed" in report] == []
    assert sum(len(report.get("offered", ())) for report in reports) == 3
    served = sorted(WaitlistOffer.objects.values_list("entry_id", flat=True))
    assert served == [entry.pk for entry in entries[:3]]
    assert house.inventory().held == 3
    everything_adds_up()


@pytest.mark.parametrize("step", ["entry_lock", "hold_write", "_offer_write", "entry_move", "offered_tell"])
def test_killed_anywhere_there_is_all_of_an_offer_or_nothing(step: str):
    house = hotel(rooms=1, nights=4)
    [booking] = sold_out(house)
    waiting(house)
    booking_cancel(booking_id=booking.pk, actor=None)

    with pytest.raises(AssertionError):  # its report never comes
        crowd(house, buyers=0, dispatchers=1, die_at=step)
    everything_adds_up()
    assert (WaitlistOffer.objects.count(), house.inventory().available) == (0, 1)

    offers_make()
    assert WaitlistOffer.objects.count() == 1
    everything_adds_up()
