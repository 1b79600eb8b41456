"""How backups are named and where their files lie."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .errors import BackupError, BackupNotFound

MANIFEST = "manifest.json"
CHECKS = "checks.json"
DATABASE = "database.dump"
MEDIA = "media.tar"
PRIVATE = "private.tar"
ENCRYPTED_SUFFIX = ".enc"
PARTIAL_SUFFIX = ".partial"
STAMP = "%Y-%m-%dT%H-%M-%SZ"
NAME = re.compile(
    r"(?P<stamp>\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z)-(?P<kind>daily|weekly|monthly|manual|pre-migration)(-(?P<number>\d+))?"
)


class BackupKind(models.TextChoices):
    DAILY = "daily", _("daily")
    WEEKLY = "weekly", _("weekly")
    MONTHLY = "monthly", _("monthly")
    MANUAL = "manual", _("by hand")
    PRE_MIGRATION = "pre-migration", _("before a migration")


@dataclass(frozen=True, slots=True)
class BackupName:
    """What a name says: when the backup was begun (UTC), its kind, and which one it is of that second."""

    text: str
    at: datetime
    kind: BackupKind

    @property
    def order(self) -> tuple[datetime, str]:
        """Sorts by time, and those of one second by their number."""
        return self.at, self.text


def name_parse(text: str) -> BackupName | None:
    """Read a folder's name; None if it is no backup's."""
    match = NAME.fullmatch(text)
    if match is None:
        return None
    try:
        at = datetime.strptime(match["stamp"], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return BackupName(text, at, BackupKind(match["kind"]))


def name_make(*, root: Path, kind: BackupKind, at: datetime) -> str:
    """A name that no backup in `root` has yet; a number tells those of one second apart."""
    plain = f"{at.astimezone(UTC):{STAMP}}-{kind.value}"
    name, number = plain, 1
    while (root / name).exists() or (root / f"{name}{PARTIAL_SUFFIX}").exists():
        number += 1
        name = f"{plain}-{number}"
    return name


def backup_root(*, create: bool = False) -> Path:
    """The folder of the backups. Raises `BackupError` where it cannot be made or written."""
    root = Path(settings.BACKUP_ROOT)
    if create:
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BackupError(
                f"The folder {root} cannot be made: {error.strerror}. Set BACKUP_ROOT."
            ) from error
        if not os.access(root, os.W_OK | os.X_OK):
            raise BackupError(
                f"The folder {root} cannot be written: set BACKUP_ROOT, or give it to this user."
            )
    return root


def backup_folder(name: str) -> Path:
    """The folder of a complete backup. Raises `BackupNotFound`."""
    folder = backup_root() / name
    if name_parse(name) is None or not (folder / MANIFEST).is_file():
        raise BackupNotFound(f"There is no backup {name} in {backup_root()}: backup_list names them.")
    return folder


def folder_sync(folder: Path) -> None:
    """Have the names in a folder on the disk before going on."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_write(path: Path, text: str) -> None:
    """Write a small file whole or not at all, for its owner only, and have it on the disk."""
    partial = path.with_name(f"{path.name}{PARTIAL_SUFFIX}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder_sync(path.parent)
