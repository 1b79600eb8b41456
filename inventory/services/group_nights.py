"""Moving rooms between what is kept for a group, what is sold, and what is free; night by night, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import connection

from core.dates import ONE_DAY, StayDates
from core.exceptions import translate_integrity_errors
from inventory.cache import nights_changed
from inventory.exceptions import NightsMissing, NightsNotHeld, SoldOut

from .calendars.blocking import runs_of
from .inventory_announcing import inventory_announce
from .nights import nights_freed_announce, nights_lock_some

SHIFT_SQL = """
    UPDATE inventory_roominventory AS night
       SET blocked = night.blocked + change.blocked, sold = night.sold + change.sold
      FROM unnest(%s::date[], %s::int[], %s::int[]) AS change(date, blocked, sold)
     WHERE night.room_type_id = %s AND night.date = change.date
"""


def nights_shift(
    *, room_type_id: int, blocked: Mapping[date, int], sold: Mapping[date, int] | None = None
) -> None:
    """Change how many rooms are blocked and sold on some nights, by so many each (negative: fewer).

    Locks the nights in date order, checks, writes; three queries, and receivers'. Where more come free than are taken,
    `nights_freed` is sent after commit. Raises `NightsMissing` for nights that are not in the inventory, `SoldOut`
    naming those with too few free rooms, `NightsNotHeld` where fewer are blocked or sold than are to go.
    """
    sold = sold or {}
    changes = {night: (blocked.get(night, 0), sold.get(night, 0)) for night in sorted({*blocked, *sold})}
    changes = {night: change for night, change in changes.items() if any(change)}
    if not changes:
        return
    locked = nights_lock_some(room_type_id=room_type_id, nights=changes)
    missing = [night for night in changes if night not in locked]
    if missing:
        raise NightsMissing(data={"nights": [night.isoformat() for night in missing]})
    gone = [
        night
        for night, (kept, taken) in changes.items()
        if locked[night].blocked + kept < 0 or locked[night].sold + taken < 0
    ]
    if gone:
        raise NightsNotHeld(data={"nights": [night.isoformat() for night in gone], "state": "blocked"})
    net = {night: kept + taken for night, (kept, taken) in changes.items()}
    short = [night for night, more in net.items() if locked[night].available < more]
    if short:
        raise SoldOut.on_nights(short, room_type_id=room_type_id, rooms=max(net[night] for night in short))
    with translate_integrity_errors(), connection.cursor() as cursor:
        kept_now, taken_now = [list(values) for values in zip(*changes.values(), strict=True)]
        cursor.execute(SHIFT_SQL, [list(changes), kept_now, taken_now, room_type_id])
    property_id = next(iter(locked.values())).property_id
    nights_changed(property_id=property_id, nights=changes)
    if any(net.values()):
        stay = StayDates(min(changes), max(changes) + ONE_DAY)
        inventory_announce(property_id=property_id, room_type_id=room_type_id, stay=stay)
    for start, end, rooms in runs_of({night: -more for night, more in net.items() if more < 0}):
        nights_freed_announce(room_type_id=room_type_id, stay=StayDates(start, end), rooms=rooms)
