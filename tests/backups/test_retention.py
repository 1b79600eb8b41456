"""Seven daily, four weekly, six monthly: on every one of 400 days exactly those."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from core.backups.layout import BackupKind
from core.backups.retention import Kept, retained

KEEP = {"daily": 7, "weekly": 4, "monthly": 6, "pre-migration": 3}
FIRST = date(2024, 1, 1)  # with the 29th of February
DAYS = 400


def made_on(day: date) -> Iterable[tuple[BackupKind, int]]:
    """What the schedule makes on a day, and at which hour."""
    yield BackupKind.DAILY, 2
    if day.isoweekday() == 7:
        yield BackupKind.WEEKLY, 3
    if day.day == 1:
        yield BackupKind.MONTHLY, 4


def kept(kind: BackupKind, day: date, hour: int = 2, *, verified: bool = True) -> Kept:
    at = datetime.combine(day, time(hour), UTC)
    return Kept(f"{at:%Y-%m-%dT%H}-{kind.value}", kind, at, verified)


def expected(today: date) -> set[str]:
    """Counted from the calendar, with no look at what there is."""
    days = [today - timedelta(days=back) for back in range(DAYS) if today - timedelta(days=back) >= FIRST]
    sundays = [day for day in days if day.isoweekday() == 7][:4]
    firsts = [day for day in days if day.day == 1][:6]
    return {
        *(f"{day}T02-daily" for day in days[:7]),
        *(f"{day}T03-weekly" for day in sundays),
        *(f"{day}T04-monthly" for day in firsts),
    }


def test_exactly_the_set_of_every_day() -> None:
    there: list[Kept] = []
    for number in range(DAYS):
        today = FIRST + timedelta(days=number)
        there += [kept(kind, today, hour) for kind, hour in made_on(today)]
        names = retained(there, keep=KEEP)
        there = [backup for backup in there if backup.name in names]
        assert names == expected(today), today
    assert len(there) == 17


def test_removing_at_once_what_gathered_in_400_days_is_the_same() -> None:
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    there = [kept(kind, day, hour) for day in days for kind, hour in made_on(day)]

    assert retained(there, keep=KEEP) == expected(days[-1])
    assert retained(reversed(there), keep=KEEP) == expected(days[-1])


def test_last_verified_is_never_removed() -> None:
    """Verification has failed since the third day: what was verified then stays, whatever comes after."""
    there: list[Kept] = []
    for number in range(DAYS):
        today = FIRST + timedelta(days=number)
        there += [kept(kind, today, hour, verified=number < 3) for kind, hour in made_on(today)]
        names = retained(there, keep=KEEP)
        there = [backup for backup in there if backup.name in names]
        verified = max(backup.at for backup in there if backup.is_verified)
        assert verified.date() == min(today, FIRST + timedelta(days=2))


def test_last_verified_stays_even_where_nothing_is_to_be_kept() -> None:
    there = [kept(BackupKind.DAILY, FIRST), kept(BackupKind.DAILY, FIRST + timedelta(days=1))]
    assert retained(there, keep=dict.fromkeys(KEEP, 0)) == {there[1].name}


def test_damaged_one_takes_nobodys_place() -> None:
    days = [FIRST + timedelta(days=number) for number in range(12)]
    there = [kept(BackupKind.DAILY, day, verified=day.day not in (10, 12)) for day in days]

    names = retained(there, keep=KEEP)

    assert names == {f"{day}T02-daily" for day in days if day.day >= 4}
    assert sum(backup.is_verified for backup in there if backup.name in names) == 7


def test_made_by_hand_stay_and_three_before_migrations() -> None:
    days = [FIRST + timedelta(days=number) for number in range(30)]
    there = [kept(kind, day) for day in days for kind in (BackupKind.MANUAL, BackupKind.PRE_MIGRATION)]

    names = retained(there, keep=KEEP)

    assert sum(name.endswith("manual") for name in names) == 30
    assert sorted(name for name in names if name.endswith("migration")) == [
        f"{day}T02-pre-migration" for day in days[-3:]
    ]
