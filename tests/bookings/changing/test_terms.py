"""What changing costs, what it does not let anybody escape, and what staff may set aside."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from accounts.models import StaffRole
from bookings.exceptions import PriceLimitExceeded, ReasonRequired
from bookings.models import BookingChange
from bookings.selectors import cancellation_preview
from bookings.services import booking_cancel, booking_check_in, booking_depart_early, booking_extend
from core.exceptions import PermissionDenied
from inventory.exceptions import StayNotSellable
from inventory.models import GuestChanges, Restriction, Tax
from inventory.models.taxes import TaxKind
from inventory.types import Party
from payments.models import FolioEntry
from payments.selectors import folio_balance, folio_charges
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import confirmed, pay
from tests.factories.inventory import OccupancyPriceFactory, RatePlanFactory, hotel

from .acts import change, everything_adds_up, look, read

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def strict():
    """100 a night, two weeks ahead; free until a week before, then half, on the last day all; changes cost 15."""
    house = hotel(rooms=3, nights=60, price="100.00", tiers=((168, "percent", 0), (24, "percent", 50)))
    policy = house.plan.cancellation_policy
    policy.change_fee, policy.early_departure_percent = Decimal("15.00"), Decimal(80)
    policy.save()
    return house


@pytest.fixture
def clerk(strict):
    return StaffFactory(property=strict.property, role=StaffRole.FRONT_DESK)


@pytest.fixture
def manager(strict):
    return StaffFactory(property=strict.property, role=StaffRole.MANAGER)


def hours_before_arrival(booking, hours):
    return datetime.fromisoformat(booking.cancellation_terms["arrival_at"]) - timedelta(hours=hours)


def on(day, hour=17):
    return datetime.combine(day, time(hour), tzinfo=UTC)


def test_moving_far_away_does_not_escape_the_fee(strict):
    booking = confirmed(strict, stay=strict.stay(10, 2))
    late = hours_before_arrival(booking, 48)  # cancelling costs 100 of 200

    preview, booking = change(
        booking, at=late, arrival=strict.first + 40 * DAY, departure=strict.first + 42 * DAY
    )

    assert (preview.change_fee, preview.kept_fee, preview.due_now) == (15, 0, 15)
    pay(booking, purpose="change", at=late)
    booking = read(booking)
    assert booking.arrival == strict.first + 40 * DAY
    assert cancellation_preview(booking=booking, at=late).fee == 115
    booking_cancel(booking_id=booking.pk, actor=None, at=late)
    assert folio_charges(folio_id=booking.folio_id) == 115
    everything_adds_up()


def test_becoming_cheap_and_cancelling_costs_what_cancelling_costs(strict, manager):
    booking = confirmed(strict, stay=strict.stay(10, 4))
    late = hours_before_arrival(booking, 48)  # cancelling costs 200 of 400

    preview, booking = change(booking, at=late, departure=booking.arrival + DAY)

    assert (preview.after_total, preview.kept_fee, preview.change_fee, preview.refund) == (100, 100, 15, 185)
    assert cancellation_preview(booking=booking, at=late).fee == 215
    _wanted, waived = look(booking, actor=manager, at=late, party=Party(1), waive_fee=True)
    assert waived.fee == 0
    everything_adds_up()


def test_in_time_a_new_arrival_has_its_own_deadline(strict, clerk):
    booking = confirmed(strict, stay=strict.stay(20, 2))

    _preview, booking = change(
        booking, actor=clerk, arrival=strict.first + 40 * DAY, departure=strict.first + 42 * DAY
    )

    week_before = hours_before_arrival(booking, 168)
    assert cancellation_preview(booking=booking, at=week_before).fee == 0
    assert cancellation_preview(booking=booking, at=week_before + timedelta(hours=1)).fee == 100


def test_at_another_plan_the_stricter_terms_count(strict, clerk):
    rigid = hotel(
        in_property=strict.property, rooms=1, nights=60, first=strict.first, tiers=((400, "percent", 0),)
    )
    for offset in range(60):
        strict.room_type.rates.create(
            rate_plan=rigid.plan, date=strict.first + offset * DAY, price=Decimal("80.00")
        )
    booking = confirmed(strict, stay=strict.stay(30, 2))

    _preview, booking = change(booking, actor=clerk, rate_plan_id=rigid.plan.pk)
    between = hours_before_arrival(booking, 300)
    assert cancellation_preview(booking=booking, at=between).fee == 160
    _preview, booking = change(booking, actor=clerk, rate_plan_id=strict.plan.pk)

    assert cancellation_preview(booking=booking, at=between).fee == 200


@pytest.mark.parametrize(
    ("rule", "tiers", "refused"),
    [
        (GuestChanges.IF_REFUNDABLE, True, None),
        (GuestChanges.IF_REFUNDABLE, False, "change_not_in_rate"),
        (GuestChanges.ALWAYS, False, None),
        (GuestChanges.NEVER, True, "change_not_allowed"),
    ],
)
def test_the_policy_says_what_guests_may(rule, tiers, refused):
    house = hotel(rooms=1, nights=9, tiers=((48, "percent", 0),) if tiers else ())
    house.plan.cancellation_policy.guest_changes = rule
    house.plan.cancellation_policy.change_hours_before = 30
    house.plan.cancellation_policy.save()
    booking = confirmed(house)
    clerk = StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)

    for hours, code in ((31, refused), (29, refused or "change_too_late")):
        at = hours_before_arrival(booking, hours)
        _wanted, preview = look(booking, at=at, departure=booking.departure + DAY)
        assert getattr(preview.refusal, "code", None) == code
        _wanted, by_staff = look(booking, actor=clerk, at=at, departure=booking.departure + DAY)
        assert by_staff.refusal is None


def test_a_rate_that_gives_nothing_back_gives_nothing_back():
    house = hotel(rooms=1, nights=9, tiers=())
    house.plan.cancellation_policy.guest_changes = GuestChanges.ALWAYS
    house.plan.cancellation_policy.save()
    booking = confirmed(house, stay=house.stay(0, 3))

    preview, booking = change(booking, departure=booking.departure - DAY)

    assert (preview.after_total, preview.kept_fee, preview.refund) == (200, 100, 0)
    assert list(FolioEntry.objects.filter(kind="fee").values_list("amount", flat=True)) == [100]
    everything_adds_up()


def test_leaving_early_keeps_a_part_of_what_is_given_up(strict, clerk, manager):
    booking = confirmed(strict, stay=strict.stay(0, 4))
    booking_check_in(booking_id=booking.pk, actor=clerk, at=on(booking.arrival))
    second_day = on(booking.arrival + DAY, 9)

    _wanted, preview = look(booking, actor=clerk, at=second_day, departure=booking.arrival + DAY)
    _wanted, waived = look(
        booking, actor=manager, at=second_day, departure=booking.arrival + DAY, waive_fee=True
    )
    _wanted, forbidden = look(
        booking, actor=clerk, at=second_day, departure=booking.arrival + DAY, waive_fee=True
    )
    booking = booking_depart_early(booking_id=booking.pk, actor=clerk, at=second_day)

    assert (preview.after_total, preview.kept_fee, preview.refund) == (100, 240, 60)
    assert (waived.fee, waived.refund) == (0, 300)
    assert isinstance(forbidden.refusal, PermissionDenied)
    assert (booking.departure, booking.total, booking.change_fees) == (booking.arrival + DAY, 100, 240)
    assert [strict.inventory(n).sold for n in range(4)] == [1, 0, 0, 0]
    assert folio_balance(folio_id=booking.folio_id) == 0
    longer = booking_extend(
        booking_id=booking.pk, departure=booking.arrival + 2 * DAY, actor=clerk, at=second_day
    )
    assert (longer.total, folio_balance(folio_id=longer.folio_id)) == (200, 100)
    everything_adds_up()


def test_restrictions_bind_what_becomes_different(strict, clerk):
    booking = confirmed(strict, stay=strict.stay(10, 3))
    Restriction.objects.create(
        property=strict.property,
        first_date=booking.arrival,
        last_date=booking.arrival + 6 * DAY,
        min_stay=3,
        closed_to_arrival=True,
    )

    def refusal(**differences):
        return getattr(look(booking, **differences)[1].refusal, "code", None)

    assert refusal(departure=booking.departure + DAY) is None  # arrives as it was sold
    assert refusal(departure=booking.departure - DAY) == "min_stay"
    assert refusal(arrival=booking.arrival + DAY, departure=booking.departure + DAY) == "closed_to_arrival"
    shorter = {"actor": clerk, "departure": booking.departure - DAY}
    assert isinstance(look(booking, **shorter)[1].refusal, StayNotSellable)
    assert isinstance(look(booking, ignore_restrictions=True, **shorter)[1].refusal, ReasonRequired)
    preview, _booking = change(booking, ignore_restrictions=True, override_reason="Regular guest", **shorter)
    assert preview.after_total == 200
    made = BookingChange.objects.get()
    assert (made.reason, made.ignores_restrictions, made.actor) == ("Regular guest", True, clerk)
    guest = look(booking, ignore_restrictions=True, override_reason="Please", departure=booking.departure)[1]
    assert guest.refusal is not None


def test_a_price_has_limits_by_role(strict, clerk, manager):
    booking = confirmed(strict, stay=strict.stay(10, 2))

    def refusal(actor, price, reason="Upset guest"):
        _wanted, preview = look(booking, actor=actor, nightly_override=Decimal(price), override_reason=reason)
        return type(preview.refusal)

    assert refusal(clerk, "90.00") is type(None)
    assert refusal(clerk, "89.99") is PriceLimitExceeded
    assert refusal(clerk, "110.01") is PriceLimitExceeded
    assert refusal(clerk, "90.001") is PriceLimitExceeded
    assert refusal(clerk, "90.00", reason=" ") is ReasonRequired
    assert refusal(manager, "50.00") is type(None)
    assert refusal(manager, "49.99") is PriceLimitExceeded
    assert refusal(SuperuserFactory(), "0.00") is type(None)
    assert refusal(None, "90.00") is PermissionDenied
    preview, after = change(booking, actor=clerk, nightly_override=Decimal("95.00"), override_reason="Noise")
    assert (preview.after_total, preview.refund, after.total) == (190, 10, 190)
    made = BookingChange.objects.get()
    assert (made.override_price, made.reason) == (95, "Noise")
    everything_adds_up()


def test_taxes_and_children_are_worked_out_anew_over_the_end_of_a_month():
    house = hotel(
        rooms=2,
        nights=9,
        price="100.00",
        first=datetime(2027, 1, 28, tzinfo=UTC).date(),
        child_max_age=12,
        room_type={"max_adults": 3, "max_occupancy": 4},
    )
    Tax.objects.create(
        property=house.property,
        name="City tax",
        kind=TaxKind.PERSON_NIGHT,
        value=Decimal("2.50"),
        is_included=False,
        max_nights=3,
        min_age=6,
    )
    Tax.objects.create(
        property=house.property, name="VAT", kind=TaxKind.PERCENT, value=Decimal(7), is_included=False
    )
    OccupancyPriceFactory.create(
        room_type=house.room_type, guests="children", count=1, kind="amount", value=Decimal("20.00")
    )
    booking = confirmed(house, stay=house.stay(0, 2))  # 200 + 2 x 2 x 2.50 + 14
    clerk = StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)
    assert booking.total == Decimal("224.00")

    longer, booking = change(booking, actor=clerk, departure=booking.arrival + 5 * DAY)
    with_child, booking = change(booking, actor=clerk, party=Party(2, (5,)))
    older, booking = change(booking, actor=clerk, party=Party(2, (7,)))
    grown, booking = change(booking, actor=clerk, party=Party(2, (13,)))

    assert longer.after_total == Decimal("550.00")  # 500 + 2 x 3 x 2.50 + 35
    assert with_child.after_total == Decimal("657.00")  # 600 + 15 + 42
    assert older.after_total == Decimal("664.50")  # the child pays the city tax
    assert grown.after_total == Decimal("557.50")  # counts as an adult: no price for children
    lines = FolioEntry.objects.filter(folio=booking.folio, kind__in=("charge", "tax", "fee", "reversal"))
    assert sum(line.amount for line in lines) == booking.total
    everything_adds_up()


def test_a_derived_plan_is_priced_from_its_parent(strict, clerk):
    child = RatePlanFactory(
        property=strict.property,
        derived_from=strict.plan,
        derived_kind="percent",
        derived_value=Decimal(-12),
        deposit_policy=strict.plan.deposit_policy,
        cancellation_policy=strict.plan.cancellation_policy,
    )
    booking = confirmed(strict, stay=strict.stay(10, 3))

    preview, booking = change(booking, actor=clerk, rate_plan_id=child.pk)

    assert (preview.after_total, preview.refund, booking.rate_plan_id) == (264, 36, child.pk)
    everything_adds_up()
