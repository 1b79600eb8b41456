"""Guests across their stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.models import StaffRole
from bookings.exceptions import GuestsNotMergeable
from bookings.models import Booking, Guest
from bookings.selectors.guests import guest_duplicates, guest_figures, guest_summary
from bookings.services.guest_profiles import guest_link, guests_link, guests_merge, guests_merge_undo
from core import locks
from core.exceptions import NotFound, PermissionDenied
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel, hotel

pytestmark = pytest.mark.django_db(transaction=True)


def stay(house: Hotel, **fields: Any) -> Booking:
    """A confirmed stay with this guest, who has no profile yet."""
    booking = confirmed(house)
    Booking.objects.filter(pk=booking.pk).update(
        **{"guest_name": "Ada King", "guest_email": "", "guest_phone": "", **fields}
    )
    booking.refresh_from_db()
    return booking


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=4, rooms=30)


class TestLink:
    def test_one_address_is_one_guest_however_it_is_written(self, house: Hotel) -> None:
        stay(house, guest_email="ada@example.com")
        stay(house, guest_email="ADA@example.com", guest_name="A. King")
        assert guests_link() == 2
        guest = Guest.objects.get()
        assert (guest.name, guest.email, guest.bookings.count()) == ("Ada King", "ada@example.com", 2)
        assert guests_link() == 0

    def test_each_house_has_its_own_profile(self, house: Hotel) -> None:
        stay(house, guest_email="ada@example.com")
        stay(hotel(nights=2, rooms=1), guest_email="ada@example.com")
        guests_link()
        assert Guest.objects.count() == 2

    def test_without_an_address_name_and_phone_are_the_guest(self, house: Hotel) -> None:
        for phone in ("+351912345678", "+351912345678", "+351919999999", "", ""):
            stay(house, guest_phone=phone)
        guests_link()
        assert sorted(guest.bookings.count() for guest in Guest.objects.all()) == [1, 1, 1, 2]

    def test_a_nameless_stay_has_no_guest(self, house: Hotel) -> None:
        booking = stay(house, guest_name="")
        assert guests_link() == 0
        with pytest.raises(NotFound):
            guest_link(booking_id=booking.pk)

    def test_linking_at_once_makes_one_profile(self, house: Hotel, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(locks, "LOCK_TIMEOUT_SECONDS", 60)  # however busy the machine is
        bookings = [stay(house, guest_email="ada@example.com") for _number in range(8)]

        def link(booking: Booking) -> int:
            try:
                return guest_link(booking_id=booking.pk).pk
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(link, bookings))) == 1
        assert Guest.objects.get().bookings.count() == 8


class TestMerge:
    @pytest.fixture
    def pair(self, house: Hotel) -> tuple[Guest, Guest]:
        kept = guest_link(booking_id=stay(house, guest_email="ada@example.com").pk)
        merged = guest_link(booking_id=stay(house, guest_phone="+351912345678").pk)
        Guest.objects.filter(pk=kept.pk).update(notes="Late breakfast", wishes=["quiet"])
        Guest.objects.filter(pk=merged.pk).update(notes="Allergic to nuts", wishes=["view"], is_vip=True)
        return kept, merged

    def test_the_stays_and_what_was_not_known_go_to_the_kept_one(self, pair: tuple[Guest, Guest]) -> None:
        kept, merged = pair
        merge = guests_merge(kept_id=kept.pk, merged_id=merged.pk, actor=SuperuserFactory.create())
        kept.refresh_from_db()
        merged.refresh_from_db()
        assert (kept.phone, kept.email, kept.is_vip) == ("+351912345678", "ada@example.com", True)
        assert kept.wishes == ["quiet", "view"]
        assert kept.notes == "Late breakfast\n\nAllergic to nuts"
        assert (kept.bookings.count(), merged.bookings.count(), merged.merged_into) == (2, 0, kept)
        assert len(merge.booking_ids) == 1

    def test_who_comes_back_by_the_other_address_is_the_same_guest(self, house: Hotel) -> None:
        addresses = ("ada@example.com", "king@example.com", "countess@example.com")
        ada, king, countess = (guest_link(booking_id=stay(house, guest_email=one).pk) for one in addresses)
        actor = SuperuserFactory.create()
        guests_merge(kept_id=king.pk, merged_id=ada.pk, actor=actor)
        merge = guests_merge(kept_id=countess.pk, merged_id=king.pk, actor=actor)
        assert guest_link(booking_id=stay(house, guest_email="ADA@example.com").pk) == countess
        assert guest_link(booking_id=stay(house, guest_email="king@example.com").pk) == countess
        elsewhere = guest_link(booking_id=stay(hotel(nights=2, rooms=1), guest_email="ada@example.com").pk)
        assert elsewhere not in (ada, king, countess)
        guests_merge_undo(merge_id=merge.pk, actor=actor)
        assert guest_link(booking_id=stay(house, guest_email="ada@example.com").pk) == king

    def test_undone_it_is_as_before_but_for_what_was_edited_since(self, pair: tuple[Guest, Guest]) -> None:
        kept, merged = pair
        actor = SuperuserFactory.create()
        merge = guests_merge(kept_id=kept.pk, merged_id=merged.pk, actor=actor)
        Guest.objects.filter(pk=kept.pk).update(notes="Edited since")
        guests_merge_undo(merge_id=merge.pk, actor=actor)
        kept.refresh_from_db()
        merged.refresh_from_db()
        assert (str(kept.phone), kept.is_vip, kept.wishes, kept.notes) == (
            "",
            False,
            ["quiet"],
            "Edited since",
        )
        assert (kept.bookings.count(), merged.bookings.count(), merged.merged_into) == (1, 1, None)
        with pytest.raises(GuestsNotMergeable):
            guests_merge_undo(merge_id=merge.pk, actor=actor)

    def test_what_is_not_two_living_guests_of_one_house_is_refused(self, pair: tuple[Guest, Guest]) -> None:
        kept, merged = pair
        actor = SuperuserFactory.create()
        foreign = guest_link(booking_id=stay(hotel(nights=2, rooms=1)).pk)
        for other in (kept.pk, foreign.pk):
            with pytest.raises(GuestsNotMergeable):
                guests_merge(kept_id=kept.pk, merged_id=other, actor=actor)
        guests_merge(kept_id=kept.pk, merged_id=merged.pk, actor=actor)
        for one, other in ((kept, merged), (merged, kept)):
            with pytest.raises(GuestsNotMergeable):
                guests_merge(kept_id=one.pk, merged_id=other.pk, actor=actor)
        with pytest.raises(NotFound):
            guests_merge(kept_id=kept.pk, merged_id=0, actor=actor)

    def test_only_the_desk_and_managers_of_the_house_may(self, pair: tuple[Guest, Guest]) -> None:
        kept, merged = pair
        finance = StaffFactory.create(property=kept.property, role=StaffRole.FINANCE)
        stranger = StaffFactory.create(property=hotel(nights=1).property, role=StaffRole.MANAGER)
        for actor in (finance, stranger):
            with pytest.raises(PermissionDenied):
                guests_merge(kept_id=kept.pk, merged_id=merged.pk, actor=actor)
        desk = StaffFactory.create(property=kept.property, role=StaffRole.FRONT_DESK)
        assert guests_merge(kept_id=kept.pk, merged_id=merged.pk, actor=desk).merged == merged


class TestSummary:
    def test_figures_count_what_was_sold(self, house: Hotel, django_assert_num_queries: Any) -> None:
        first = stay(house, guest_email="ada@example.com")
        second = stay(house, guest_email="ada@example.com")
        third = stay(house, guest_email="ada@example.com")
        guest = guest_link(booking_id=first.pk)
        guests_link()
        Booking.objects.filter(pk=second.pk).update(status="checked_in")
        Booking.objects.filter(pk=second.pk).update(status="checked_out")
        Booking.objects.filter(pk=third.pk).update(status="cancelled")
        guest = Guest.objects.select_related("property").get(pk=guest.pk)
        figures = guest_figures(guest)
        nights = (first.departure - first.arrival).days
        assert (figures.stays, figures.nights, figures.cancelled, figures.no_shows) == (2, 2 * nights, 1, 0)
        assert figures.revenue == first.total + second.total
        assert figures.last_departure == second.departure
        with django_assert_num_queries(3):
            summary = guest_summary(guest)
        assert [one.pk for one in summary.stays] == [third.pk, second.pk, first.pk]

    def test_nobody_has_no_figures(self, house: Hotel) -> None:
        guest = Guest.objects.create(property=house.property, name="Nobody")
        figures = guest_figures(guest)
        assert (figures.stays, figures.nights, figures.revenue) == (0, 0, Decimal(0))

    def test_duplicates_have_the_same_name_or_phone_in_the_house(self, house: Hotel) -> None:
        def profile(name: str, phone: str = "", **fields: Any) -> Guest:
            return Guest.objects.create(
                **{"property": house.property, "name": name, "phone": phone, **fields}
            )

        ada = profile("Ada King", "+351912345678")
        same_name, same_phone = profile("ada king"), profile("A. K.", "+351912345678")
        profile("Ada King", property=hotel(nights=1).property)
        profile("Ada King", merged_into=same_name)
        profile("Charles")
        assert guest_duplicates(ada) == [same_phone, same_name]
