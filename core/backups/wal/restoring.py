"""Back to a moment: a base backup copied into a new folder, told how far to play the log forward.

Nothing that exists is touched. The server that is started on the folder does the rest: it fetches the log, stops before
the first transaction that ended after the moment, and opens on a timeline of its own.
"""

from __future__ import annotations

import os
import pwd
import re
import shlex
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from core.backups.errors import RestoreRefused
from core.backups.layout import PARTIAL_SUFFIX, folder_sync

from .folders import wal_folders
from .reach import Reach, reach_for
from .verifying import base_verify

SPARE = 1.1
AUTO_CONF = "postgresql.auto.conf"
SIGNAL = "recovery.signal"
FETCH_PROGRAM = "deploy/postgres/fetch-wal"
TARGETS = (
    "recovery_target_time",
    "recovery_target_lsn",
    "recovery_target_name",
    "recovery_target_xid",
    "recovery_target",
)
STALE = ("standby.signal", "postmaster.pid", "postmaster.opts")


@dataclass(frozen=True, slots=True)
class PointRestored:
    """A folder that a server can be started on, and what it will become."""

    folder: Path
    reach: Reach
    target: datetime | None
    is_aside: bool

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "folder": str(self.folder),
            "base": self.reach.base.name,
            "timeline": self.reach.path.timeline,
            "target": self.target.isoformat() if self.target else "latest",
            "earliest": self.reach.earliest.isoformat(),
            "latest": self.reach.latest.isoformat() if self.reach.latest else None,
            "aside": self.is_aside,
        }


def point_restore(
    *,
    target: datetime | None,
    into: Path,
    timeline: int | None = None,
    replace: bool = False,
    owner: str = "",
    command: str = "",
    dry_run: bool = False,
) -> PointRestored:
    """Prepare `into`, which must not hold anything yet, so that a server on it recovers to `target` (None: all).

    A copy to look into archives nothing and waits for nobody, so that it never mixes with the log of the server it came
    from; one that takes the lost server's place (`replace`) goes on archiving. `owner` is the user that the server runs
    as; `command` is its `restore_command`, where folders have other names for it.

    Raises `RestoreRefused` before anything is written, and `BackupDamaged`, after which nothing is left.
    """
    reach = reach_for(target, timeline=timeline)
    if target is None and reach.gap is not None:
        raise RestoreRefused(
            f"{reach.gap.name} is missing in the archive, and what comes after it cannot be reached: "
            f"possible is {reach.sentence()}."
        )
    _target_check(into, size=reach.base.bytes, owner=owner)
    restored = PointRestored(into, reach, target, is_aside=not replace)
    if dry_run:
        return restored
    partial = into.with_name(f"{into.name}{PARTIAL_SUFFIX}")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        shutil.copytree(reach.base.data, partial, symlinks=True)
        base_verify(partial, version=reach.base.server_version)
        _configure(partial, restored, command or restore_command())
        _give(partial, owner)
        if into.exists():
            into.rmdir()
        partial.rename(into)
        folder_sync(into.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return restored


def restore_command() -> str:
    """How the server brings the log back: with the project's own program, from the folders of the settings."""
    program = Path(settings.BASE_DIR) / FETCH_PROGRAM
    words = [shlex.quote(str(word)).replace("%", "%%") for word in (program, *wal_folders())]
    return " ".join([words[0], "%f", '"%p"', *words[1:]])


def _target_check(into: Path, *, size: int, owner: str) -> None:
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise RestoreRefused(f"{into} is not empty: name a folder that is not there yet.")
    if not into.parent.is_dir():
        raise RestoreRefused(f"{into.parent} is not there: make it, or name another folder.")
    if owner:
        _account(owner)
    free = shutil.disk_usage(into.parent).free
    if size * SPARE > free:
        raise RestoreRefused(
            f"The cluster takes {size >> 20:,} MB, and {into.parent} has {free >> 20:,} MB: make room."
        )


def _configure(folder: Path, restored: PointRestored, command: str) -> None:
    """Write what the server needs to know, in place of what an earlier recovery was told."""
    target = restored.target
    values = {
        "restore_command": command,
        "recovery_target_time": f"{target.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00" if target else "",
        "recovery_target_inclusive": "on",
        "recovery_target_action": "promote",
        "recovery_target_timeline": str(restored.reach.path.timeline),
        "recovery_min_apply_delay": "0",
        "primary_conninfo": "",
    }
    if restored.is_aside:
        values |= {"archive_mode": "off", "synchronous_standby_names": ""}
    conf = folder / AUTO_CONF
    lines = conf.read_text().splitlines() if conf.exists() else []
    kept = [line for line in lines if _name_of(line) not in {*values, *TARGETS}]
    written = [f"{name} = '{_quoted(value)}'" for name, value in values.items()]
    conf.write_text("\n".join([*kept, *written]) + "\n")
    for name in STALE:
        (folder / name).unlink(missing_ok=True)
    (folder / SIGNAL).touch(mode=0o600)


def _name_of(line: str) -> str:
    match = re.match(r"\s*(\w+)\s*(=|\s)", line)
    return match[1].lower() if match else ""


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")


def _account(owner: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(owner)
    except KeyError:
        raise RestoreRefused(f"There is no user {owner} on this machine.") from None


def _give(folder: Path, owner: str) -> None:
    """Give the files to the user that the server runs as."""
    if not owner:
        return
    account = _account(owner)
    try:
        for parent, _folders, files in os.walk(folder):
            for path in (Path(parent), *(Path(parent, name) for name in files)):
                os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    except PermissionError as error:
        raise RestoreRefused(f"The files cannot be given to {owner}: run this as root.") from error
