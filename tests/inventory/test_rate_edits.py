"""Many prices at once: what a wish changes, applied only as shown, and taken back."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import StaffRole
from core.exceptions import PermissionDenied, ValidationFailed
from core.tabular import FileUnreadable, table_csv, table_xlsx
from inventory.exceptions import CellsMoved, EditNotOpen, InventoryBelowSold, NothingToChange
from inventory.models import PriceChange, Rate, RateEdit
from inventory.rate_wishes import CellValue, RateWish, changes_of, shift_between
from inventory.selectors.rate_files import rates_from_file, rates_table
from inventory.selectors.rate_grid import rate_grid
from inventory.services.rate_edits import rate_edit_apply, rate_edit_draft, rate_edit_undo
from inventory.services.rates import rate_set
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel

MONDAY = date(2030, 1, 7)


def wish(kind: str, **more: Any) -> RateWish:
    values: dict[str, Any] = {"room_type_ids": (1,), "rate_plan_ids": (2,), "first": MONDAY, "last": MONDAY}
    return RateWish(kind=kind, **values | more)


class TestWishes:
    """What changes, without a database."""

    now = {
        (1, 2, MONDAY): CellValue(Decimal("100.00"), False),
        (1, 2, MONDAY + timedelta(days=1)): CellValue(Decimal("80.00"), True),
        (1, None, MONDAY): CellValue(Decimal(5)),
    }

    def after(self, one: RateWish, **more: Any) -> list[tuple[Decimal | None, bool]]:
        changes = changes_of(one, now=self.now, seasons=more.get("seasons", {}), currency="EUR")
        return [(change.after, change.after_by_hand) for change in changes]

    @pytest.mark.parametrize(
        ("one", "after"),
        [
            (wish("set", value=Decimal("99.5")), Decimal("99.50")),
            (wish("set", value=Decimal("99.5"), whole=True), Decimal(100)),
            (wish("add", value=Decimal("-12.345")), Decimal("87.66")),
            (wish("percent", value=Decimal("7.5")), Decimal("107.50")),
            (wish("percent", value=Decimal(-150)), Decimal(0)),
            (wish("percent", value=Decimal("7.5"), whole=True), Decimal(108)),
        ],
    )
    def test_prices(self, one: RateWish, after: Decimal) -> None:
        assert self.after(one) == [(after, True)]

    def test_a_night_without_a_price_can_be_set_but_not_raised(self) -> None:
        free = MONDAY + timedelta(days=2)
        assert self.after(wish("percent", value=Decimal(10), first=free, last=free)) == []
        assert self.after(wish("set", value=Decimal(10), first=free, last=free)) == [(Decimal("10.00"), True)]

    def test_weekdays(self) -> None:
        tuesdays = wish("add", value=Decimal(1), last=MONDAY + timedelta(days=13), weekdays=(1,))
        assert self.after(tuesdays) == [(Decimal("81.00"), True)]

    def test_the_same_price_by_hand_is_a_change_and_the_same_by_hand_is_none(self) -> None:
        assert self.after(wish("set", value=Decimal(100))) == [(Decimal("100.00"), True)]
        tuesday = MONDAY + timedelta(days=1)
        assert self.after(wish("set", value=Decimal(80), first=tuesday, last=tuesday)) == []

    def test_a_file_that_repeats_prices_of_seasons_changes_those_alone_that_differ(self) -> None:
        tuesday = MONDAY + timedelta(days=1)
        cells = ((1, 2, MONDAY, Decimal("100.00")), (1, 2, tuesday, Decimal("85.00")))
        assert self.after(wish("import", cells=cells)) == [(Decimal("85.00"), True)]

    def test_season(self) -> None:
        seasons = {(1, 2, MONDAY): Decimal(90)}
        assert self.after(wish("season"), seasons=seasons) == [(Decimal(90), False)]

    def test_rooms_only_where_there_are_nights(self) -> None:
        rooms = wish("rooms", value=Decimal(7), last=MONDAY + timedelta(days=5), rate_plan_ids=())
        assert self.after(rooms) == [(Decimal(7), False)]

    def test_copy_takes_the_night_so_many_days_earlier(self) -> None:
        tuesday = MONDAY + timedelta(days=1)
        assert self.after(wish("copy", first=tuesday, last=tuesday, shift=1)) == [(Decimal("100.00"), True)]

    @pytest.mark.parametrize(
        ("source", "keep", "days"),
        [
            (date(2029, 1, 7), True, 371),
            (date(2029, 1, 7), False, 365),
            (date(2029, 1, 8), True, 364),
            (date(2030, 1, 10), True, 0),
        ],
    )
    def test_weekdays_are_kept_by_whole_weeks(self, source: date, keep: bool, days: int) -> None:
        assert shift_between(source_first=source, first=MONDAY, keep_weekdays=keep) == days

    def test_a_wish_survives_being_stored(self) -> None:
        one = wish("import", cells=((1, None, MONDAY, Decimal("3.5")),), value=Decimal("1.10"))
        assert RateWish.from_json(one.as_json()) == one


@pytest.fixture
def house(db: Any) -> Hotel:
    return hotel(nights=10, rooms=3, price="100.00")


@pytest.fixture
def actor(db: Any) -> Any:
    return SuperuserFactory.create()


def nights(house: Hotel, kind: str, days: int = 3, **more: Any) -> RateWish:
    return RateWish(
        kind=kind,
        room_type_ids=(house.room_type.pk,),
        rate_plan_ids=(house.plan.pk,),
        first=house.first,
        last=house.first + timedelta(days=days - 1),
        **more,
    )


def prices(house: Hotel) -> list[str]:
    rows = Rate.objects.filter(room_type=house.room_type, rate_plan=house.plan).order_by("date")
    return [f"{row.price:.0f}{'!' if row.is_override else ''}" for row in rows]


@pytest.mark.django_db(transaction=True)
class TestEdits:
    def test_drafted_applied_and_taken_back(self, house: Hotel, actor: Any) -> None:
        edit = rate_edit_draft(
            property_id=house.property.pk, wish=nights(house, "percent", value=Decimal(10)), actor=actor
        )
        assert prices(house) == ["100"] * 10
        changes_before = PriceChange.objects.count()
        rate_edit_apply(edit_id=edit.pk, actor=actor)
        assert prices(house) == ["110!"] * 3 + ["100"] * 7
        assert PriceChange.objects.count() > changes_before
        rate_set(
            rate_plan_id=house.plan.pk, room_type_id=house.room_type.pk, date=house.first, price=Decimal(150)
        )
        undone = rate_edit_undo(edit_id=edit.pk, actor=actor)
        assert (undone.reverted, undone.kept) == (2, 1)
        assert prices(house) == ["150!"] + ["100"] * 9
        for again in (rate_edit_apply, rate_edit_undo):
            with pytest.raises(EditNotOpen):
                again(edit_id=edit.pk, actor=actor)

    def test_what_was_not_there_goes_again(self, house: Hotel, actor: Any) -> None:
        Rate.objects.filter(date=house.first).delete()
        edit = rate_edit_draft(
            property_id=house.property.pk, wish=nights(house, "set", days=1, value=Decimal(70)), actor=actor
        )
        rate_edit_apply(edit_id=edit.pk, actor=actor)
        assert prices(house)[0] == "70!"
        rate_edit_undo(edit_id=edit.pk, actor=actor)
        assert len(prices(house)) == 9

    def test_only_what_was_shown_is_applied(self, house: Hotel, actor: Any) -> None:
        edit = rate_edit_draft(
            property_id=house.property.pk, wish=nights(house, "percent", value=Decimal(10)), actor=actor
        )
        rate_set(
            rate_plan_id=house.plan.pk, room_type_id=house.room_type.pk, date=house.first, price=Decimal(150)
        )
        with pytest.raises(CellsMoved) as caught:
            rate_edit_apply(edit_id=edit.pk, actor=actor)
        assert caught.value.data == {"cells": 1}
        assert prices(house) == ["150!"] + ["100"] * 9

    def test_rooms_are_not_fewer_than_sold(self, house: Hotel, actor: Any) -> None:
        held(house, rooms=2)
        for rooms, is_possible in ((1, False), (2, True)):
            wanted = nights(house, "rooms", value=Decimal(rooms))
            edit = rate_edit_draft(property_id=house.property.pk, wish=wanted, actor=actor)
            if is_possible:
                rate_edit_apply(edit_id=edit.pk, actor=actor)
            else:
                with pytest.raises(InventoryBelowSold):
                    rate_edit_apply(edit_id=edit.pk, actor=actor)
        assert [house.inventory(offset).total for offset in range(4)] == [2, 2, 2, 3]
        rate_edit_undo(edit_id=edit.pk, actor=actor)
        assert house.inventory().total == 3

    def test_foreign_types_past_nights_and_nothing_at_all(self, house: Hotel, actor: Any) -> None:
        other = hotel(nights=10)
        foreign = nights(other, "set", value=Decimal(1))
        with pytest.raises(NothingToChange):
            rate_edit_draft(property_id=house.property.pk, wish=foreign, actor=actor)
        for wrong in ({"value": None}, {"value": Decimal(-1)}, {"value": Decimal(10**7)}):
            with pytest.raises(ValidationFailed):
                rate_edit_draft(
                    property_id=house.property.pk, wish=nights(house, "set", **wrong), actor=actor
                )
        over = nights(house, "set", days=-30, value=Decimal(1))
        with pytest.raises(ValidationFailed):
            rate_edit_draft(property_id=house.property.pk, wish=over, actor=actor)

    def test_only_managers_of_the_house(self, house: Hotel) -> None:
        one = nights(house, "set", value=Decimal(90))
        desk = StaffFactory.create(property=house.property, role=StaffRole.FRONT_DESK)
        with pytest.raises(PermissionDenied):
            rate_edit_draft(property_id=house.property.pk, wish=one, actor=desk)
        manager = StaffFactory.create(property=house.property, role=StaffRole.MANAGER)
        edit = rate_edit_draft(property_id=house.property.pk, wish=one, actor=manager)
        stranger = StaffFactory.create(property=hotel(nights=1).property, role=StaffRole.MANAGER)
        with pytest.raises(PermissionDenied):
            rate_edit_apply(edit_id=edit.pk, actor=stranger)
        assert RateEdit.objects.get().status == "draft"


@pytest.mark.django_db(transaction=True)
class TestFiles:
    def read(self, house: Hotel, text: str) -> RateWish:
        return rates_from_file(house=house.property, file=io.BytesIO(text.encode()))  # type: ignore[arg-type]

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_what_goes_out_comes_back_and_changes_nothing(self, house: Hotel, actor: Any, kind: str) -> None:
        end = house.first + timedelta(days=10)
        table = rates_table(house=house.property, first=house.first, end=end)
        content = b"".join(table_csv(table)) if kind == "csv" else table_xlsx(table)
        found = rates_from_file(house=house.property, file=SimpleUploadedFile("rates", content))  # type: ignore[arg-type]
        assert len(found.cells) == 20
        Rate.objects.update(is_override=True)
        with pytest.raises(NothingToChange):
            rate_edit_draft(property_id=house.property.pk, wish=found, actor=actor)

    def test_a_file_changes_prices_and_rooms(self, house: Hotel, actor: Any) -> None:
        kind, plan = house.room_type.code, house.plan.code
        wanted = self.read(
            house,
            "room_type,rate_plan,date,price,rooms\n"
            f"{kind},{plan},{house.first:%Y-%m-%d},120.50,\n{kind.lower()},,{house.first:%Y-%m-%d},,2\n",
        )
        edit = rate_edit_draft(property_id=house.property.pk, wish=wanted, actor=actor)
        rate_edit_apply(edit_id=edit.pk, actor=actor)
        assert Rate.objects.get(room_type=house.room_type, date=house.first).price == Decimal("120.50")
        assert house.inventory().total == 2

    def test_every_wrong_line_is_named(self, house: Hotel) -> None:
        kind, night = house.room_type.code, f"{house.first:%Y-%m-%d}"
        with pytest.raises(FileUnreadable) as caught:
            self.read(
                house,
                "room_type,rate_plan,date,price,rooms\n"
                f"nothing,,{night},,3\n{kind},nowhere,{night},10,\n{kind},,{night},,-1\n",
            )
        assert [error.split(":")[0] for error in caught.value.data["errors"]] == [
            "Line 2",
            "Line 3",
            "Line 4",
        ]


@pytest.mark.django_db(transaction=True)
def test_the_grid_costs_the_same_for_one_night_and_many(house: Hotel, django_assert_num_queries: Any) -> None:
    for days in (1, 10):
        with django_assert_num_queries(4):
            grid = rate_grid(
                property_id=house.property.pk, first=house.first, end=house.first + timedelta(days=days)
            )
    [block] = grid.blocks
    assert [cell and f"{cell.value:.0f}" for cell in block.rows[0].cells] == ["100"] * 10
    assert [(rooms.total, rooms.available) for rooms in block.rooms if rooms] == [(3, 3)] * 10
