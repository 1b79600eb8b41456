"""Finding bookings, with exactly as many queries as promised."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings.exceptions import BookingNotFound
from bookings.selectors import (
    booking_by_reference,
    booking_for_access,
    bookings_for_user,
    bookings_of_user,
    bookings_unsettled,
    cancellation_preview,
    holds_expired,
    inventory_differences,
    payment_options,
)
from bookings.services import booking_cancel, booking_guest_set, bookings_claim, holds_expire
from payments.models import Payment
from tests.factories.accounts import StaffFactory, SuperuserFactory, UserFactory
from tests.factories.bookings import GUEST, confirmed, held, pay
from tests.factories.inventory import hotel

pytestmark = pytest.mark.django_db


def references(page) -> list[str]:
    return [summary.reference for summary in page.items]


def test_a_reference_is_found_however_it_is_typed(house, django_assert_num_queries):
    booking = held(house).booking
    typed = f" {booking.reference[:4].lower()}-{booking.reference[4:]} "

    with django_assert_num_queries(1):
        found = booking_by_reference(typed)
        assert (found, found.property, found.room_type, found.rate_plan, found.user) == (
            booking,
            house.property,
            house.room_type,
            house.plan,
            None,
        )


def test_who_may_see_a_booking(house):
    user = UserFactory()
    made = held(house, user=user)
    reference = made.booking.reference

    for access in (
        {"token": made.access_token},
        {"email": " ADA@example.com"},
        {"user": user},
        {"user": StaffFactory(property=house.property)},
        {"user": SuperuserFactory()},
    ):
        assert booking_for_access(reference=reference, **access) == made.booking


def test_everybody_else_is_told_that_it_does_not_exist(house):
    made, other = held(house), held(house, guest=None)
    reference = made.booking.reference

    for wrong in (
        {"reference": reference},
        {"reference": "NOBODY", "token": made.access_token},
        {"reference": reference, "token": other.access_token},
        {"reference": reference, "email": "somebody@example.com"},
        {"reference": reference, "user": UserFactory(email="ada@example.com")},
        {"reference": reference, "user": StaffFactory(property=hotel(nights=1).property)},
        {"reference": reference, "user": UserFactory(is_active=False)},
        {"reference": other.booking.reference, "email": ""},
    ):
        with pytest.raises(BookingNotFound):
            booking_for_access(**wrong)


@pytest.fixture
def user():
    return UserFactory()


def test_a_users_bookings_are_grouped(house, user, at):
    next_week = held(house, user=user, stay=house.stay(3, 1)).booking
    this_week = confirmed(house, user=user)
    cancelled = confirmed(house, user=user, stay=house.stay(4, 1))
    booking_cancel(booking_id=cancelled.pk, actor=None)
    held(house)

    assert references(bookings_for_user(user=user)) == [this_week.reference, next_week.reference]
    assert references(bookings_for_user(user=user, group="cancelled")) == [cancelled.reference]
    assert references(bookings_for_user(user=user, group="past")) == []
    later = at + timedelta(days=60)
    assert list(bookings_of_user(user=user, group="past", at=later)) == [next_week, this_week]
    assert list(bookings_of_user(user=user, group="upcoming", at=later)) == []
    assert bookings_of_user(user=user).count() == 3


def test_a_summary_says_what_a_line_needs(deposit_house, user):
    booking = confirmed(deposit_house, purpose="deposit", user=user)

    (summary,) = bookings_for_user(user=user).items

    assert (summary.reference, summary.status, summary.nights) == (booking.reference, "confirmed", 2)
    assert (summary.total, summary.balance, summary.currency) == (Decimal(200), Decimal(140), "EUR")
    assert summary.property_name == deposit_house.property.name


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rows", [1, 20])
def test_a_users_bookings_cost_three_queries_and_cached_none(user, rows, django_assert_num_queries):
    house = hotel(rooms=rows, nights=3)
    for _ in range(rows):
        held(house, user=user)

    with django_assert_num_queries(3):
        assert len(bookings_for_user(user=user).items) == rows
    with django_assert_num_queries(0):
        assert len(bookings_for_user(user=user).items) == rows
    with django_assert_num_queries(2):
        queryset = bookings_of_user(user=user)
        assert queryset.count() == len([str(booking.property) for booking in queryset]) == rows


def test_pages_of_bookings(user):
    house = hotel(rooms=5, nights=3)
    for _ in range(5):
        held(house, user=user)

    first = bookings_for_user(user=user, page=1, page_size=2)
    last = bookings_for_user(user=user, page=99, page_size=2)

    assert (len(first.items), first.total, first.pages, first.has_previous, first.has_next) == (
        2,
        5,
        3,
        False,
        True,
    )
    assert (len(last.items), last.page, last.has_next) == (1, 3, False)


@pytest.mark.django_db(transaction=True)
def test_every_change_of_a_booking_shows_in_its_users_cached_list(house, user):
    def listed():
        bookings_for_user(user=user)
        return [(summary.status, summary.balance) for summary in bookings_for_user(user=user).items]

    assert listed() == []
    booking = held(house, user=user).booking
    assert listed() == [("held", Decimal(200))]
    pay(booking)
    assert listed() == [("confirmed", Decimal(0))]
    booking_cancel(booking_id=booking.pk, actor=None)
    assert listed() == []


def test_a_confirmed_address_claims_the_bookings_made_with_it(house):
    from allauth.account.models import EmailAddress

    mine, foreign = held(house).booking, held(house, stay=house.stay(3, 1)).booking
    booking_guest_set(
        booking_id=foreign.pk, guest=type(GUEST)(name="Else", email="else@example.com"), actor=None
    )
    user = UserFactory(email="ADA@example.com")
    address = EmailAddress.objects.create(user=user, email="ada@example.com", verified=False, primary=True)

    assert bookings_claim(user=user) == 0
    address.verified = True
    address.save()
    assert bookings_claim(user=user) == 1
    assert references(bookings_for_user(user=user)) == [mine.reference]


@pytest.mark.parametrize("rows", [1, 20])
def test_reads_cost_the_same_for_one_and_for_twenty(rows, at, django_assert_num_queries):
    house = hotel(rooms=rows, nights=3)
    bookings = [held(house, at=at).booking for _ in range(rows)]
    later = at + timedelta(hours=1)

    with django_assert_num_queries(1):
        assert len(holds_expired(at=later, limit=100)) == rows
    with django_assert_num_queries(2):
        assert bookings_unsettled(at=at) == []
    with django_assert_num_queries(4):  # the check, its patience, and a savepoint around both
        assert inventory_differences() == []
    with django_assert_num_queries(2):
        cancellation_preview(booking=bookings[0], at=at)
    booking = booking_by_reference(bookings[0].reference)
    with django_assert_num_queries(1):
        payment_options(booking=booking)
    assert holds_expire(at=later) == rows


def test_money_that_nobody_noticed_is_found(house, deposit_house, at):
    fine = confirmed(house)
    unnoticed = held(house).booking
    pay(unnoticed, card="late")
    Payment.objects.filter(folio=unnoticed.folio).update(status="captured", captured_at=at)

    assert bookings_unsettled(at=at) == [unnoticed.pk]
    assert fine.pk not in bookings_unsettled(at=at)
