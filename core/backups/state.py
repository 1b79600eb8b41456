"""Is all well with the backups? Read from the files alone: it can be asked while the database is away."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from .catalog import Backup, backups_list
from .drills import DrillRecord, drill_last, drill_last_success
from .layout import DATABASE, backup_root
from .locking import backups_busy

FORMER_LOOKED_AT = 5


@dataclass(frozen=True, slots=True)
class BackupProblem:
    """What is wrong: `code` is none, unverified, old, small, drill_failed, drill_missing or damaged."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class BackupsState:
    """The whole picture. `recovery_seconds` is what the last successful restore drill took."""

    problems: tuple[BackupProblem, ...]
    newest: Backup | None
    newest_verified: Backup | None
    oldest_at: datetime | None
    age_hours: float | None
    count: int
    size_bytes: int
    last_drill: DrillRecord | None
    last_successful_drill: DrillRecord | None
    busy: str
    root: str

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def recovery_seconds(self) -> float | None:
        return self.last_successful_drill.seconds if self.last_successful_drill else None

    def facts(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "ok": self.ok,
            "problems": [asdict(problem) for problem in self.problems],
            "newest": self.newest.name if self.newest else None,
            "newest_verified": self.newest_verified.name if self.newest_verified else None,
            "age_hours": self.age_hours,
            "count": self.count,
            "size_bytes": self.size_bytes,
            "last_drill": asdict(self.last_drill) if self.last_drill else None,
            "recovery_seconds": self.recovery_seconds,
            "busy": self.busy,
            "root": self.root,
        }


def backups_state(*, at: datetime | None = None) -> BackupsState:
    """What there is and what is wrong with it, at an instant. No query; reads the manifests."""
    now = at or timezone.now()
    backups = backups_list()
    whole = [backup for backup in backups if backup.has_database]
    newest = whole[0] if whole else None
    verified = next((backup for backup in whole if backup.is_verified), None)
    drill = drill_last()
    return BackupsState(
        problems=tuple(_problems(backups, newest, verified, drill, now)),
        newest=newest,
        newest_verified=verified,
        oldest_at=min((backup.at for backup in backups), default=None),
        age_hours=round((now - verified.at) / timedelta(hours=1), 2) if verified else None,
        count=len(backups),
        size_bytes=sum(backup.size for backup in backups),
        last_drill=drill,
        last_successful_drill=drill_last_success(),
        busy=backups_busy(),
        root=str(backup_root()),
    )


def _problems(
    backups: list[Backup],
    newest: Backup | None,
    verified: Backup | None,
    drill: DrillRecord | None,
    now: datetime,
) -> list[BackupProblem]:
    found = [_age_problem(newest, verified, now), _size_problem(backups), _drill_problem(backups, drill, now)]
    found += [
        BackupProblem("damaged", gettext("%(name)s is damaged.") % {"name": backup.name})
        for backup in backups
        if backup.problem
    ]
    return [problem for problem in found if problem is not None]


def _age_problem(newest: Backup | None, verified: Backup | None, now: datetime) -> BackupProblem | None:
    if newest is None:
        return BackupProblem("none", gettext("There is no backup of the database."))
    if verified is None:
        return BackupProblem("unverified", gettext("No backup of the database has been verified."))
    hours = (now - verified.at) / timedelta(hours=1)
    if hours <= settings.BACKUP_AGE_HOURS_MAX:
        return None
    text = gettext("The newest verified backup, %(name)s, is %(hours)d hours old.")
    return BackupProblem("old", text % {"name": verified.name, "hours": hours})


def _size_problem(backups: list[Backup]) -> BackupProblem | None:
    """Compared with the middle one of the few before it."""
    sizes = [size for backup in backups if (size := _database_bytes(backup)) is not None]
    if len(sizes) < 2:
        return None
    expected = median(sizes[1 : 1 + FORMER_LOOKED_AT])
    if sizes[0] >= expected * settings.BACKUP_SHRINK_MAX:
        return None
    text = gettext("The newest backup has %(percent)d %% of the size of those before it.")
    return BackupProblem("small", text % {"percent": 100 * sizes[0] / expected})


def _database_bytes(backup: Backup) -> int | None:
    path = backup.file(DATABASE)
    return backup.manifest.files[path.name].plain_size if path and backup.manifest else None


def _drill_problem(backups: list[Backup], drill: DrillRecord | None, now: datetime) -> BackupProblem | None:
    if drill is not None and drill.error:
        return BackupProblem(
            "drill_failed", gettext("The last restore drill failed: %(error)s") % {"error": drill.error}
        )
    since = datetime.fromisoformat(drill.at) if drill else min((one.at for one in backups), default=now)
    if now - since <= timedelta(days=settings.BACKUP_DRILL_DAYS_MAX):
        return None
    text = gettext("No restore was rehearsed for %(days)d days.")
    return BackupProblem("drill_missing", text % {"days": (now - since).days})
