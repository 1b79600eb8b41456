"""However a stay is changed, and however often: the preview is the outcome, and all books agree."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import StaffRole
from bookings.services import booking_cancel, changes_expire
from core.exceptions import DomainError
from inventory.models import Tax
from inventory.models.taxes import TaxKind
from inventory.types import Party
from payments.selectors import folio_balance, folio_charges
from tests.factories.accounts import StaffFactory
from tests.factories.bookings import confirmed, pay
from tests.factories.inventory import hotel

from .acts import change, everything_adds_up, read

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NIGHTS = 16

CHANGES = st.fixed_dictionaries(
    {
        "offset": st.integers(0, NIGHTS - 6),
        "nights": st.integers(1, 5),
        "is_suite": st.booleans(),
        "party": st.sampled_from([Party(1), Party(2), Party(2, (5,)), Party(3, (), 2), Party(4, (9, 2), 2)]),
        "reprice": st.booleans(),
        "is_guest": st.booleans(),
        "then": st.sampled_from(["pay", "expire", "leave"]),
    }
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(wanted=st.lists(CHANGES, min_size=1, max_size=5), is_cancelled=st.booleans())
def test_every_sequence_adds_up(db, wanted, is_cancelled):
    house = hotel(rooms=3, nights=NIGHTS, price="99.90", tiers=((72, "percent", 0), (24, "nights", 1)))
    suite = hotel(
        in_property=house.property, plan=house.plan, rooms=2, nights=NIGHTS, price="151.35", first=house.first
    )
    for name, kind, value in (("City tax", TaxKind.PERSON_NIGHT, "1.85"), ("VAT", TaxKind.PERCENT, "6.5")):
        Tax.objects.create(
            property=house.property, name=name, kind=kind, value=Decimal(value), is_included=False
        )
    clerk = StaffFactory(property=house.property, role=StaffRole.FRONT_DESK)
    booking = confirmed(house)

    for step in wanted:
        try:
            preview, booking = change(  # compares outcome and preview
                booking,
                actor=None if step["is_guest"] else clerk,
                arrival=house.first + step["offset"] * DAY,
                departure=house.first + (step["offset"] + step["nights"]) * DAY,
                room_type_id=(suite if step["is_suite"] else house).room_type.pk,
                party=step["party"],
                reprice=step["reprice"] and not step["is_guest"],
            )
        except DomainError:
            continue
        everything_adds_up()
        if preview.is_pending and step["then"] == "pay":
            pay(booking, purpose="change")
            booking = read(booking)
            assert (booking.total, booking.pending_change_id) == (preview.after_total, None)
        elif preview.is_pending and step["then"] == "expire":
            changes_expire(at=booking.pending_change.limit_at + DAY)
        everything_adds_up()
    if is_cancelled:
        cancelled = booking_cancel(booking_id=booking.pk, actor=None)
        assert folio_charges(folio_id=booking.folio_id) == cancelled.cancellation_fee
        assert folio_balance(folio_id=booking.folio_id) >= 0
    everything_adds_up()
