"""Making a booking."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import StaffRole
from bookings.access import access_token_of
from bookings.exceptions import GuestInvalid, ReferenceTaken
from bookings.models import Booking, BookingNight
from bookings.selectors import booking_for_access
from bookings.services import holding
from bookings.types import GuestDetails
from core.exceptions import PermissionDenied
from core.idempotency import Answer, Replay, idempotency_claim
from inventory.exceptions import QuoteChanged, SoldOut, StayNotSellable, UnknownRatePlan
from inventory.models import Rate
from payments.models import Folio, FolioEntry
from payments.selectors import folio_balance
from tests.factories.accounts import MembershipFactory, StaffFactory, UserFactory
from tests.factories.bookings import GUEST, held
from tests.factories.inventory import RestrictionFactory, TaxFactory
from tests.factories.inventory import hotel as any_hotel

pytestmark = pytest.mark.django_db


def hotel(**fields):
    return any_hotel(nights=7, **fields)


def nothing_was_written() -> bool:
    return not (Booking.objects.exists() or Folio.objects.exists() or BookingNight.objects.exists())


def test_a_hold_takes_rooms_and_charges_what_was_quoted():
    house = hotel(rooms=3, price="100.00")

    made = held(house, rooms=2)

    booking = Booking.objects.get(reference=made.booking.reference)
    assert booking.status == "held"
    assert booking.total == Decimal("400.00")
    assert folio_balance(folio_id=booking.folio_id) == Decimal("400.00")
    second = house.first + timedelta(days=1)
    assert list(booking.nights.values_list("date", "room_index", "price")) == [
        (house.first, 1, Decimal(100)),
        (house.first, 2, Decimal(100)),
        (second, 1, Decimal(100)),
        (second, 2, Decimal(100)),
    ]
    assert (house.inventory().held, house.inventory().sold) == (2, 0)
    assert house.inventory(2).held == 0, "the day of departure is not sold"


def test_a_hold_lasts_fifteen_minutes():
    at = timezone.now()

    booking = held(hotel(), at=at).booking

    assert booking.hold_expires_at == at + timedelta(minutes=15)


def test_the_access_token_opens_the_booking_and_only_its_hash_is_stored():
    made = held(hotel())

    assert made.access_token not in made.booking.access_token_hash
    assert booking_for_access(reference=made.booking.reference, token=made.access_token) == made.booking
    assert access_token_of(made.booking) == made.access_token


def test_a_rotated_secret_key_leaves_the_token_valid(settings):
    made = held(hotel())

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-that-is-long-enough-for-everybody-who-looks-at-it"

    assert access_token_of(made.booking) == made.access_token


def test_taxes_added_are_charged_apart_and_included_ones_are_not():
    house = hotel(price="100.00")
    TaxFactory(property=house.property, value=7, is_included=True)
    TaxFactory(property=house.property, value=Decimal("2.50"), kind="person_night", is_included=False)

    booking = held(house, adults=2).booking

    kinds = dict(
        FolioEntry.objects.filter(folio=booking.folio).values_list("kind", "amount").order_by("amount")
    )
    assert booking.tax_added == Decimal("10.00")
    assert booking.total == Decimal("210.00")
    assert kinds == {"tax": Decimal(10), "charge": Decimal(100)}
    assert folio_balance(folio_id=booking.folio_id) == Decimal(210)


def test_a_members_discount_is_in_the_price():
    member = MembershipFactory(tier__discount_percent=10).user

    booking = held(hotel(price="100.00"), user=member).booking

    assert booking.total == Decimal("180.00")
    assert booking.user == member


def test_a_stale_price_is_refused_with_the_new_quote():
    house = hotel(price="100.00")
    Rate.objects.update(price=Decimal(110))

    with pytest.raises(QuoteChanged) as refused:
        held(house, expected_total=Decimal("200.00"))

    assert refused.value.data["quote"]["total"] == "220.00"
    assert nothing_was_written()
    assert house.inventory().held == 0


def test_sold_out_names_the_nights_and_writes_nothing():
    house = hotel(rooms=1)
    held(house, stay=house.stay(1, 1))

    with pytest.raises(SoldOut) as refused:
        held(house, stay=house.stay(0, 3))

    assert refused.value.data["nights"] == [(house.first + timedelta(days=1)).isoformat()]
    assert Booking.objects.count() == Folio.objects.count() == 1
    assert [house.inventory(day).held for day in range(3)] == [0, 1, 0]


def test_expired_holds_make_room_without_any_scheduler():
    house = hotel(rooms=1)
    early = held(house, stay=house.stay(0, 4)).booking
    later = timezone.now() + timedelta(minutes=16)

    booking = held(house, stay=house.stay(3, 3), at=later).booking

    early.refresh_from_db()
    assert early.status == "expired"
    assert folio_balance(folio_id=early.folio_id) == 0
    assert booking.status == "held"
    assert [house.inventory(day).held for day in range(6)] == [0, 0, 0, 1, 1, 1]


def test_expired_holds_stay_when_the_booking_fails_all_the_same():
    house = hotel(rooms=2)
    old = held(house).booking
    held(house, hold_minutes=60)
    later = timezone.now() + timedelta(minutes=16)

    with pytest.raises(SoldOut):
        held(house, rooms=2, at=later)

    old.refresh_from_db()
    assert old.status == "held"
    assert house.inventory().held == 2


def test_restrictions_hold_at_the_desk_of_the_service():
    house = hotel()
    RestrictionFactory(property=house.property, first_date=house.first, min_stay=3)

    with pytest.raises(StayNotSellable) as refused:
        held(house, stay=house.stay(0, 2))

    assert refused.value.code == "min_stay"
    assert nothing_was_written()


def test_a_foreign_rate_plan_is_refused():
    house, other = hotel(), hotel()

    with pytest.raises(UnknownRatePlan):
        held(house, rate_plan=other.plan)

    assert nothing_was_written()


def test_staff_of_the_property_book_without_an_address():
    house = hotel()
    clerk = StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)

    booking = held(house, actor=clerk, channel="staff", guest=GuestDetails(name="Walk In")).booking

    assert (booking.guest_name, booking.guest_email, booking.channel) == ("Walk In", "", "staff")


@pytest.mark.parametrize("who", ["nobody", "guest", "staff of another house"])
def test_only_staff_of_the_property_book_as_staff(who):
    house = hotel()
    actor = {"nobody": lambda: None, "guest": UserFactory, "staff of another house": StaffFactory}[who]()

    with pytest.raises(PermissionDenied):
        held(house, actor=actor, channel="staff")

    assert nothing_was_written()


def test_guests_need_an_address():
    with pytest.raises(GuestInvalid) as refused:
        held(hotel(), guest=GuestDetails(name="Nobody"))

    assert refused.value.field == "email"
    assert nothing_was_written()


def test_a_taken_reference_is_drawn_again(monkeypatch):
    house = hotel()
    taken = held(house).booking.reference
    drawn = iter([taken, taken, "WXYACDEF"])
    monkeypatch.setattr(holding, "reference_new", lambda: next(drawn))

    assert held(house).booking.reference == "WXYACDEF"
    assert house.inventory().held == 2


def test_drawing_references_ends(monkeypatch):
    house = hotel()
    taken = held(house).booking.reference
    monkeypatch.setattr(holding, "reference_new", lambda: taken)

    with pytest.raises(ReferenceTaken):
        held(house)

    assert house.inventory().held == 1


def claim(render=lambda made: Answer(201, {"reference": made.booking.reference})):
    return idempotency_claim(principal="anonymous", key="k" * 20, request_hash="h", render=render)


def test_a_repeated_key_gives_the_first_answer():
    house = hotel()
    made = held(house, idempotency=claim())

    again = claim()

    assert isinstance(again, Replay)
    assert again.body_json == f'{{"reference":"{made.booking.reference}"}}'


def test_the_answer_and_the_booking_are_committed_together():
    house = hotel()

    def render(_made):
        raise RuntimeError("cannot be shown")

    with pytest.raises(RuntimeError):
        held(house, idempotency=claim(render))

    assert nothing_was_written()
    assert house.inventory().held == 0


def test_the_language_of_the_guest_is_kept():
    booking = held(hotel(), guest=GuestDetails(name="Jean", email="jean@example.com", language="fr")).booking

    assert booking.language == "fr"


def test_everything_that_was_sold_is_a_snapshot():
    house = hotel(price="100.00", tiers=((48, "percent", 0), (24, "percent", 50)))
    booking = held(house).booking
    Rate.objects.update(price=1)
    house.plan.cancellation_policy.tiers.all().delete()

    booking.refresh_from_db()

    assert booking.quote["total"] == "200.00"
    assert [tier["hours_before"] for tier in booking.cancellation_terms["tiers"]] == [48, 24]
    assert GUEST.name == booking.guest_name
