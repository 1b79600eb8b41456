"""Many prices or totals changed at once: drafted and shown first, applied only as shown, and taken back by a click."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import may_with, roles_for
from accounts.selectors import staff_access
from core.dates import ONE_DAY, property_today
from core.exceptions import NotFound, PermissionDenied, ValidationFailed, translate_integrity_errors
from inventory.cache import availability_changed
from inventory.exceptions import CellsMoved, EditNotOpen, NothingToChange
from inventory.models import Property, RateEdit, RateEditKind, RateEditStatus
from inventory.rate_wishes import Cell, CellChange, CellValue, RateWish, changes_of
from inventory.selectors.rate_grid import (
    cell_values,
    rate_plans_priced,
    room_totals,
    room_types_sold,
    season_prices,
)

from .allotments import inventory_total_set
from .rates_announcing import rates_announce
from .setup_lock import setup_lock

CHANGES_MAX = 50_000
DRAFTS_KEPT = timedelta(days=1)
PRICE_MAX = Decimal(1_000_000)
ROOMS_MAX = 10_000

UPSERT_SQL = """
INSERT INTO inventory_rate (room_type_id, rate_plan_id, date, price, is_override)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::numeric[], %s::boolean[])
ON CONFLICT (room_type_id, rate_plan_id, date) DO UPDATE SET price = EXCLUDED.price, is_override = EXCLUDED.is_override
"""
DELETE_SQL = """
DELETE FROM inventory_rate r
USING unnest(%s::bigint[], %s::bigint[], %s::date[]) AS gone (room_type_id, rate_plan_id, date)
WHERE (r.room_type_id, r.rate_plan_id, r.date) = (gone.room_type_id, gone.rate_plan_id, gone.date)
"""


@dataclass(frozen=True, slots=True)
class EditUndone:
    """How many cells are as before, and how many were left because somebody has changed them since."""

    reverted: int
    kept: int


def rate_edit_draft(*, property_id: int, wish: RateWish, actor: User, at: datetime | None = None) -> RateEdit:
    """Work out what a wish changes, from today at the house on, and keep it to be looked at.

    Five queries and one to write; drafts of the same person that are older than a day go. Raises `PermissionDenied`,
    `ValidationFailed` naming the field, `NothingToChange`.
    """
    at = at or timezone.now()
    house = _house(property_id, actor)
    today = property_today(house.time_zone, at)
    _wish_check(wish, today=today)
    changes = _changes(house, wish, today=today)
    if not changes:
        raise NothingToChange
    if len(changes) > CHANGES_MAX:
        raise ValidationFailed(
            _("These are more than %(count)s nights. Change fewer at once.") % {"count": CHANGES_MAX},
            field="last",
        )
    RateEdit.objects.filter(
        created_by=actor, status=RateEditStatus.DRAFT, created_at__lt=at - DRAFTS_KEPT
    ).delete()
    return RateEdit.objects.create(
        property=house,
        kind=wish.kind,
        wish=wish.as_json(),
        changes=[change.as_json() for change in changes],
        created_by=actor,
    )


@translate_integrity_errors()
def rate_edit_apply(*, edit_id: int, actor: User, at: datetime | None = None) -> RateEdit:
    """Write what was shown, all or nothing. The history of prices and the log record every night.

    Holds the house's setup lock. Raises `PermissionDenied`, `NotFound`, `EditNotOpen`, `CellsMoved`, and
    `InventoryBelowSold` for fewer rooms than are sold.
    """
    with transaction.atomic():
        edit = _lock(edit_id, actor, status=RateEditStatus.DRAFT)
        changes = rate_edit_changes(edit)
        now = _now(edit.property_id, changes)
        moved = [change for change in changes if _value(now.get(change.cell)) != change.before]
        if moved:
            raise CellsMoved(data={"cells": len(moved)})
        _write(edit.property_id, changes, actor=actor)
        edit.status = RateEditStatus.APPLIED
        edit.applied_at = at or timezone.now()
        edit.save(update_fields=["status", "applied_at", "updated_at"])
    return edit


@translate_integrity_errors()
def rate_edit_undo(*, edit_id: int, actor: User, at: datetime | None = None) -> EditUndone:
    """Take an applied change back: cells that still say what it wrote, say again what they said before.

    Cells that were changed since stay as they are, and so do nights that are over. Raises as `rate_edit_apply`.
    """
    at = at or timezone.now()
    with transaction.atomic():
        edit = _lock(edit_id, actor, status=RateEditStatus.APPLIED)
        changes = rate_edit_changes(edit)
        now = _now(edit.property_id, changes)
        today = property_today(edit.property.time_zone, at)
        back = [
            CellChange(
                *change.cell,
                before=change.after,
                after=change.before,
                before_by_hand=change.after_by_hand,
                after_by_hand=change.before_by_hand,
            )
            for change in changes
            if change.date >= today and _value(now.get(change.cell)) == change.after
        ]
        _write(edit.property_id, back, actor=actor)
        edit.status = RateEditStatus.UNDONE
        edit.undone_at = at
        edit.save(update_fields=["status", "undone_at", "updated_at"])
    return EditUndone(reverted=len(back), kept=len(changes) - len(back))


def rate_edit_changes(edit: RateEdit) -> list[CellChange]:
    """The nights of an edit, before and after. No query."""
    return [CellChange.from_json(row) for row in edit.changes]


def _house(property_id: int, actor: User) -> Property:
    if not may_with(staff_access(actor), property_id, roles_for("inventory.rate", "change")):
        raise PermissionDenied
    house = Property.objects.filter(pk=property_id).first()
    if house is None:
        raise NotFound
    return house


def _wish_check(wish: RateWish, *, today: date) -> None:
    """Refuse what no house can want."""
    if wish.kind not in RateEditKind.values:
        raise ValidationFailed(_("Choose what to do."), field="kind")
    if wish.kind == RateEditKind.IMPORT:
        return
    if wish.first is None or wish.last is None or wish.last < wish.first:
        raise ValidationFailed(_("The last night is before the first."), field="last")
    if wish.last < today:
        raise ValidationFailed(_("These nights are over."), field="last")
    needs_value = wish.kind in (RateEditKind.SET, RateEditKind.ADD, RateEditKind.PERCENT, RateEditKind.ROOMS)
    if needs_value and wish.value is None:
        raise ValidationFailed(_("Say how much."), field="value")
    if wish.value is None:
        return
    limit = ROOMS_MAX if wish.kind == RateEditKind.ROOMS else PRICE_MAX
    may_be_negative = wish.kind in (RateEditKind.ADD, RateEditKind.PERCENT)
    if abs(wish.value) > limit or (wish.value < 0 and not may_be_negative):
        raise ValidationFailed(_("This is too much or too little."), field="value")


def _changes(house: Property, wish: RateWish, *, today: date) -> list[CellChange]:
    """What a wish changes of the house's nights that are on sale; foreign types and plans are left out."""
    kinds = {kind.pk for kind in room_types_sold(property_id=house.pk)}
    plans = {plan.pk for plan in rate_plans_priced(property_id=house.pk)}
    nights = [cell[2] for cell in wish.cells] if wish.kind == RateEditKind.IMPORT else list(wish.nights())
    if not nights:
        return []
    shift = timedelta(days=wish.shift)
    first = min(nights) - max(shift, timedelta(0))
    end = max(nights) - min(shift, timedelta(0)) + ONE_DAY
    now = cell_values(property_id=house.pk, first=first, end=end)
    totals = room_totals(property_id=house.pk, first=first, end=end)
    now.update(totals)
    seasons = (
        season_prices(room_type_ids=wish.room_type_ids, nights=nights)
        if wish.kind == RateEditKind.SEASON
        else {}
    )
    on_sale = {(kind, night) for kind, _plan, night in totals}
    return [
        change
        for change in changes_of(wish, now=now, seasons=seasons, currency=house.currency)
        if change.date >= today
        and change.room_type_id in kinds
        and (change.rate_plan_id is None or change.rate_plan_id in plans)
        and (change.room_type_id, change.date) in on_sale
    ]


def _lock(edit_id: int, actor: User, *, status: str) -> RateEdit:
    """The edit, under the house's setup lock and its own row lock."""
    edit = RateEdit.objects.select_related("property").filter(pk=edit_id).first()
    if edit is None:
        raise NotFound
    _house(edit.property_id, actor)
    setup_lock(property_id=edit.property_id)
    locked = RateEdit.objects.select_for_update(of=("self",)).select_related("property").get(pk=edit_id)
    if locked.status != status:
        raise EditNotOpen
    return locked


def _now(property_id: int, changes: Sequence[CellChange]) -> dict[Cell, CellValue]:
    """What stands in the cells of some changes now. Two queries."""
    first = min(change.date for change in changes)
    end = max(change.date for change in changes) + ONE_DAY
    values = cell_values(property_id=property_id, first=first, end=end)
    return values | room_totals(property_id=property_id, first=first, end=end)


def _value(cell: CellValue | None) -> Decimal | None:
    return None if cell is None else cell.value


def _write(property_id: int, changes: Sequence[CellChange], *, actor: User) -> None:
    prices = [change for change in changes if change.rate_plan_id is not None]
    _write_prices([change for change in prices if change.after is not None])
    _delete_prices([change for change in prices if change.after is None])
    if prices:
        availability_changed(property_id=property_id)
        rates_announce(property_id=property_id)
    for room_type_id, first, end, total in _runs(change for change in changes if change.rate_plan_id is None):
        inventory_total_set(room_type_id=room_type_id, first=first, end=end, total=total, actor=actor)


def _write_prices(changes: Sequence[CellChange]) -> None:
    if not changes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            UPSERT_SQL,
            [
                [change.room_type_id for change in changes],
                [change.rate_plan_id for change in changes],
                [change.date for change in changes],
                [change.after for change in changes],
                [change.after_by_hand for change in changes],
            ],
        )


def _delete_prices(changes: Sequence[CellChange]) -> None:
    if not changes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            DELETE_SQL,
            [
                [change.room_type_id for change in changes],
                [change.rate_plan_id for change in changes],
                [change.date for change in changes],
            ],
        )


def _runs(changes: Iterable[CellChange]) -> list[tuple[int, date, date, int]]:
    """Totals as (room type, first night, end, total), one for nights in a row that get the same."""
    by_type: dict[int, list[CellChange]] = defaultdict(list)
    for change in changes:
        by_type[change.room_type_id].append(change)
    runs: list[tuple[int, date, date, int]] = []
    for room_type_id, found in sorted(by_type.items()):
        for change in sorted(found, key=lambda change: change.date):
            total = int(change.after or 0)
            if runs and runs[-1][0] == room_type_id and runs[-1][2] == change.date and runs[-1][3] == total:
                runs[-1] = (room_type_id, runs[-1][1], change.date + ONE_DAY, total)
            else:
                runs.append((room_type_id, change.date, change.date + ONE_DAY, total))
    return runs
