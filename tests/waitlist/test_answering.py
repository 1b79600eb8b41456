"""What becomes of an offer: taken, turned down, not answered, withdrawn, cancelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import StaffRole
from bookings.models import Booking
from bookings.selectors import inventory_differences
from bookings.services import booking_cancel, booking_hold, holds_expire
from core.exceptions import PermissionDenied
from inventory.exceptions import SoldOut
from inventory.models import Rate
from inventory.types import Party
from notifications.models import DomainEvent, Notification
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import held, pay
from tests.factories.inventory import Hotel, hotel
from tests.factories.waitlist import sold_out, waiting
from waitlist.exceptions import EntryNotWaiting, OfferInPayment, OfferOver, PriorityInvalid
from waitlist.models import WaitlistEntry, WaitlistOffer
from waitlist.selectors.history import entry_priority_history
from waitlist.services import (
    entries_expire,
    entry_leave,
    entry_prioritise,
    offer_accept,
    offer_decline,
    offer_make_by_hand,
    offer_withdraw,
    offers_make,
    offers_sweep,
    stays_for_entry,
)

pytestmark = pytest.mark.django_db(transaction=True)


def offered(house: Hotel, at: datetime, **wish: object) -> tuple[WaitlistEntry, WaitlistOffer]:
    """Somebody who waited for the first two nights and was offered what came free."""
    bookings = sold_out(house, at=at)
    entry = waiting(house, at=at, **wish)  # type: ignore[arg-type]
    for booking in bookings:
        booking_cancel(booking_id=booking.pk, actor=None, at=at)
    offers_make(at=at)
    entry.refresh_from_db()
    return entry, WaitlistOffer.objects.select_related("booking").get(entry=entry)


def state(entry: WaitlistEntry) -> tuple[str, str, str]:
    """The entry, its newest offer and that offer's booking."""
    offer = WaitlistOffer.objects.select_related("booking", "entry").filter(entry=entry).latest("pk")
    return offer.entry.status, offer.status, offer.booking.status


def test_where_nothing_is_due_accepting_confirms_at_once(house: Hotel, at: datetime) -> None:
    entry, offer = offered(house, at)

    offer_accept(offer_id=offer.pk, at=at)

    assert state(entry) == ("accepted", "accepted", "confirmed")
    assert (house.inventory().sold, house.inventory().held) == (1, 0)
    assert DomainEvent.objects.filter(type="waitlist.accepted").count() == 1
    assert inventory_differences() == []


def test_what_was_offered_is_charged_whatever_the_price_is_now(at: datetime) -> None:
    house = hotel(rooms=1, nights=8, deposit="percent", deposit_value=100)
    entry, offer = offered(house, at)
    Rate.objects.filter(room_type=house.room_type).update(price=Decimal(500))

    offer_accept(offer_id=offer.pk, at=at)
    booking = Booking.objects.get(pk=offer.booking_id)
    assert (booking.status, booking.hold_expires_at) == ("held", offer.expires_at + timedelta(minutes=5))
    payment = pay(booking, at=at)

    assert (payment.amount, state(entry)) == (Decimal("200.00"), ("accepted", "accepted", "confirmed"))


def test_who_accepts_in_the_last_minute_has_an_hour_to_pay(at: datetime) -> None:
    house = hotel(rooms=1, nights=8, deposit="percent", deposit_value=100)
    entry, offer = offered(house, at)
    last = offer.expires_at - timedelta(minutes=1)

    offer_accept(offer_id=offer.pk, at=last)
    booking = Booking.objects.get(pk=offer.booking_id)
    assert booking.hold_expires_at == last + timedelta(hours=1)
    pay(booking, at=last + timedelta(minutes=50))

    assert state(entry) == ("accepted", "accepted", "confirmed")


def test_accepting_twice_is_accepting_once(house: Hotel, at: datetime) -> None:
    _entry, offer = offered(house, at)

    first, second = (offer_accept(offer_id=offer.pk, at=at) for _time in range(2))

    assert (first.booking_id, first.answered_at) == (second.booking_id, second.answered_at)
    assert Booking.objects.filter(status="confirmed").count() == 1


def test_too_late_is_too_late(house: Hotel, at: datetime) -> None:
    entry, offer = offered(house, at)

    with pytest.raises(OfferOver):
        offer_accept(offer_id=offer.pk, at=offer.expires_at)

    assert state(entry) == ("offered", "open", "held")


def test_what_is_turned_down_goes_to_the_next(house: Hotel, at: datetime) -> None:
    [booking] = sold_out(house, at=at)
    first = waiting(house, at=at - timedelta(hours=2))
    second = waiting(house, at=at - timedelta(hours=1))
    booking_cancel(booking_id=booking.pk, actor=None, at=at)
    offers_make(at=at)

    offer_decline(offer_id=WaitlistOffer.objects.get().pk, at=at)
    offers_make(at=at)

    assert state(first) == ("declined", "declined", "expired")
    assert state(second) == ("offered", "open", "held")
    assert inventory_differences() == []


def test_who_turns_down_and_waits_on_goes_to_the_end_and_hears_of_other_stays(at: datetime) -> None:
    house = hotel(rooms=1, nights=10)
    sold_out(house, stay=house.stay(0, 10), at=at)
    entry = waiting(house, stay=house.stay(2), flexible_days=1, at=at - timedelta(hours=2))
    booking_cancel(booking_id=Booking.objects.get().pk, actor=None, at=at)
    offers_make(at=at)
    offer = WaitlistOffer.objects.get()

    offer_decline(offer_id=offer.pk, keep_waiting=True, at=at)
    entry.refresh_from_db()
    assert (entry.status, entry.queued_at, entry.ended_at) == ("waiting", at, None)
    offers_make(at=at)

    arrivals = WaitlistOffer.objects.order_by("pk").values_list("booking__arrival", flat=True)
    assert list(arrivals) == [house.stay(2).arrival, house.stay(1).arrival]


def test_an_unanswered_offer_goes_to_the_next(house: Hotel, at: datetime) -> None:
    [booking] = sold_out(house, at=at)
    first = waiting(house, at=at - timedelta(hours=2))
    second = waiting(house, at=at - timedelta(hours=1))
    booking_cancel(booking_id=booking.pk, actor=None, at=at)
    offers_make(at=at)
    offer = WaitlistOffer.objects.get()
    assert offers_sweep(at=offer.expires_at - timedelta(seconds=1)) == []

    report = offers_make(at=offer.expires_at)

    assert (report.passed, len(report.offered)) == ([offer.reference], 1)
    assert state(first) == ("expired", "expired", "expired")
    assert state(second) == ("offered", "open", "held")
    mail = Notification.objects.get(type="waitlist_expired")
    assert (mail.recipient, mail.context["offer_arrival"]) == (first.guest_email, house.first.isoformat())
    assert inventory_differences() == []


def test_who_missed_one_offer_and_would_take_others_waits_on(house: Hotel, at: datetime) -> None:
    entry, offer = offered(house, at, flexible_days=1)

    offers_sweep(at=offer.expires_at)
    assert state(entry)[0] == "waiting"
    offers_make(at=offer.expires_at)
    again = WaitlistOffer.objects.latest("pk")
    assert (again.entry_id, again.pk != offer.pk) == (entry.pk, True)
    offers_sweep(at=again.expires_at)

    assert state(entry) == ("expired", "expired", "expired")


def test_the_hold_outlives_the_offer_so_that_no_buyer_reaps_it_first(house: Hotel, at: datetime) -> None:
    _entry, offer = offered(house, at)
    just_after = offer.expires_at + timedelta(minutes=1)

    with pytest.raises(SoldOut):
        held(house, at=just_after)

    assert holds_expire(at=just_after) == 0


def test_a_room_that_was_not_paid_in_time_goes_to_the_next(at: datetime) -> None:
    house = hotel(rooms=1, nights=8, deposit="percent", deposit_value=100)
    entry, offer = offered(house, at)
    offer_accept(offer_id=offer.pk, at=at)
    other = waiting(house, at=at)
    later = offer.expires_at + timedelta(hours=2)

    assert holds_expire(at=later) == 1
    offers_make(at=later)

    assert state(entry) == ("expired", "accepted", "expired")
    assert state(other) == ("offered", "open", "held")


def test_a_cancelled_conversion_is_offered_to_others(house: Hotel, at: datetime) -> None:
    entry, offer = offered(house, at)
    offer_accept(offer_id=offer.pk, at=at)
    other = waiting(house, at=at)

    booking_cancel(booking_id=offer.booking_id, actor=None, at=at)
    offers_make(at=at)

    assert state(other) == ("offered", "open", "held")
    assert state(entry) == ("accepted", "accepted", "cancelled")


def test_paying_for_the_offer_without_a_click_accepts_it(at: datetime) -> None:
    house = hotel(rooms=1, nights=8, deposit="percent", deposit_value=100)
    entry, offer = offered(house, at)
    pay(offer.booking, at=at)

    offers_sweep(at=at)

    assert state(entry) == ("accepted", "accepted", "confirmed")


def test_a_withdrawn_offer_frees_the_room_and_keeps_the_place(house: Hotel, at: datetime) -> None:
    entry, offer = offered(house, at)
    manager = StaffFactory.create(property=house.property, role=StaffRole.MANAGER)

    offer_withdraw(offer_id=offer.pk, actor=manager, reason="Burst pipe", at=at)

    entry.refresh_from_db()
    assert state(entry) == ("waiting", "withdrawn", "expired")
    assert entry.queued_at == at
    assert offers_make(at=at).offered == []  # the same stay is not offered twice by itself


def test_staff_of_another_house_withdraw_nothing(house: Hotel, at: datetime) -> None:
    entry, offer = offered(house, at)
    stranger = StaffFactory.create(role=StaffRole.MANAGER)

    with pytest.raises(PermissionDenied):
        offer_withdraw(offer_id=offer.pk, actor=stranger, reason="Mine", at=at)

    assert state(entry) == ("offered", "open", "held")


def test_what_is_being_paid_cannot_be_withdrawn(at: datetime) -> None:
    house = hotel(rooms=1, nights=8, deposit="percent", deposit_value=100)
    entry, offer = offered(house, at)
    pay(offer.booking, at=at)
    manager = StaffFactory.create(property=house.property, role=StaffRole.MANAGER)

    with pytest.raises(OfferInPayment):
        offer_withdraw(offer_id=offer.pk, actor=manager, reason="Late", at=at)
    with pytest.raises(OfferInPayment):
        entry_leave(entry_id=entry.pk, at=at)


def test_leaving_frees_what_was_offered(house: Hotel, at: datetime) -> None:
    entry, _offer = offered(house, at)

    entry_leave(entry_id=entry.pk, at=at)
    entry_leave(entry_id=entry.pk, at=at)

    assert state(entry) == ("left", "declined", "expired")
    assert house.inventory().available == 1


def test_staff_offer_by_hand_what_fits_and_nothing_else(house: Hotel, at: datetime) -> None:
    [booking] = sold_out(house, at=at)
    waiting(house, at=at - timedelta(days=1))
    chosen = waiting(house, at=at)
    booking_cancel(booking_id=booking.pk, actor=None, at=at)
    desk = StaffFactory.create(property=house.property, role=StaffRole.FRONT_DESK)
    finance = StaffFactory.create(property=house.property, role=StaffRole.FINANCE)
    [fit] = stays_for_entry(entry=chosen, at=at)

    with pytest.raises(PermissionDenied):
        offer_make_by_hand(entry_id=chosen.pk, fit=fit, actor=finance, at=at)
    offer = offer_make_by_hand(entry_id=chosen.pk, fit=fit, actor=desk, at=at)
    with pytest.raises(EntryNotWaiting):
        offer_make_by_hand(entry_id=chosen.pk, fit=fit, actor=desk, at=at)

    assert (offer.entry_id, offer.made_by, offer.total) == (chosen.pk, desk, Decimal("200.00"))


def test_a_priority_needs_a_reason_and_is_kept_in_the_history(house: Hotel, at: datetime) -> None:
    sold_out(house, at=at)
    entry = waiting(house, at=at)
    manager = StaffFactory.create(property=house.property, role=StaffRole.MANAGER)

    with pytest.raises(PriorityInvalid):
        entry_prioritise(entry_id=entry.pk, priority=5, reason=" ", actor=manager)
    entry_prioritise(entry_id=entry.pk, priority=5, reason="Wedding party", actor=manager)
    entry_prioritise(entry_id=entry.pk, priority=0, reason="Found elsewhere", actor=manager)

    changes = [
        (change.priority, change.reason, change.actor) for change in entry_priority_history(entry=entry)
    ]
    assert changes == [(0, "Found elsewhere", str(manager)), (5, "Wedding party", str(manager))]


def test_the_wait_for_days_that_are_gone_ends_with_a_mail(house: Hotel, at: datetime) -> None:
    sold_out(house, at=at)
    entry = waiting(house, flexible_days=2, at=at)
    last = house.first + timedelta(days=2)
    noon = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)

    assert entries_expire(at=noon) == []
    assert entries_expire(at=noon + timedelta(days=1)) == [entry.reference]

    entry.refresh_from_db()
    assert (entry.status, entry.ended_at) == ("expired", noon + timedelta(days=1))
    mail = Notification.objects.get(type="waitlist_expired")
    assert "offer_arrival" not in mail.context
    with pytest.raises(EntryNotWaiting):
        entry_leave(entry_id=entry.pk)


def test_while_it_is_kept_nobody_else_can_book_it(house: Hotel, at: datetime) -> None:
    offered(house, at)

    with pytest.raises(SoldOut):
        booking_hold(
            room_type_id=house.room_type.pk,
            rate_plan_id=house.plan.pk,
            stay=house.stay(),
            party=Party(2),
            expected_total=None,
            guest=None,
            user=None,
            actor=None,
            channel="web",
            at=at,
        )
