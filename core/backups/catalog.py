"""Which backups there are, and what was found when they were verified: read from the files, with no database."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from .errors import BackupDamaged, BackupError, BackupNotFound
from .layout import (
    CHECKS,
    DATABASE,
    ENCRYPTED_SUFFIX,
    BackupKind,
    backup_folder,
    backup_root,
    file_write,
    name_parse,
)
from .manifest import Manifest, manifest_read


class Level(StrEnum):
    """How far a backup is verified; each includes those before it."""

    HASH = "hash"
    DECODE = "decode"
    RESTORE = "restore"

    def reaches(self, other: Level) -> bool:
        levels = list(Level)
        return levels.index(self) >= levels.index(other)


@dataclass(frozen=True, slots=True)
class Checked:
    """One verification: `seconds` is how long it took, for a restore the recovery time. No `error`: all is well."""

    at: str
    seconds: float
    error: str = ""
    steps: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as it lies in a folder. `manifest` is None where it cannot be read, and `error` says why."""

    name: str
    kind: BackupKind
    at: datetime
    folder: Path
    manifest: Manifest | None
    checks: dict[str, Checked]
    error: str = ""

    @property
    def level(self) -> Level | None:
        """The highest level that it has passed since it last failed one."""
        passed = [level for level in Level if level in self.checks and not self.checks[level].error]
        return passed[-1] if passed and not self.problem else None

    @property
    def problem(self) -> str:
        """What is wrong with it; empty as far as is known nothing."""
        failed = (check.error for check in self.checks.values() if check.error)
        return self.error or next(failed, "")

    @property
    def is_verified(self) -> bool:
        """Whether it was read back to its end and nothing was wrong."""
        return self.level is not None and self.level.reaches(Level.DECODE)

    @property
    def is_encrypted(self) -> bool:
        return self.manifest is not None and self.manifest.encryption is not None

    @property
    def has_database(self) -> bool:
        return self.file(DATABASE) is not None

    @property
    def size(self) -> int:
        """Bytes of all its files, as its manifest says."""
        return self.manifest.size if self.manifest else 0

    def file(self, name: str) -> Path | None:
        """Where one of its files lies, encrypted or not; None if it has none such."""
        for stored in (name, f"{name}{ENCRYPTED_SUFFIX}"):
            if self.manifest is not None and stored in self.manifest.files:
                return self.folder / stored
        return None


def backups_list(root: Path | None = None) -> list[Backup]:
    """Every complete backup, the newest first; damaged ones too."""
    root = root or backup_root()
    if not root.is_dir():
        return []
    named = [(parsed, path) for path in root.iterdir() if (parsed := name_parse(path.name)) and path.is_dir()]
    named.sort(key=lambda pair: pair[0].order, reverse=True)
    return [_backup(path) for _parsed, path in named]


def backup_get(name: str) -> Backup:
    """One backup; `latest` is the newest. Raises `BackupNotFound`."""
    if name == "latest":
        found = next((backup for backup in backups_list() if backup.has_database), None)
        if found is None:
            raise BackupNotFound(f"There is no backup in {backup_root()}: backup_create makes one.")
        return found
    return _backup(backup_folder(name))


def backup_newest(*, verified: bool = False) -> Backup | None:
    """The newest backup of the database; with `verified` the newest that was read back without fault."""
    for backup in backups_list():
        if backup.has_database and (backup.is_verified or not verified):
            return backup
    return None


def check_record(backup: Backup, level: Level, checked: Checked) -> Backup:
    """Write down beside a backup what a verification found; the backup as it stands now."""
    checks = {**_checks_read(backup.folder), level.value: checked}
    if not checked.error:
        # What is read back or restored without fault has its hashes too: an older complaint is settled.
        for lower in Level:
            if level.reaches(lower) and lower is not level:
                checks[lower.value] = replace(checked, steps={})
    texts = {name: asdict(check) for name, check in checks.items()}
    file_write(backup.folder / CHECKS, json.dumps(texts, indent=1) + "\n")
    return replace(backup, checks=checks)


def _backup(folder: Path) -> Backup:
    parsed = name_parse(folder.name)
    assert parsed is not None
    manifest: Manifest | None = None
    error = ""
    try:
        manifest = manifest_read(folder)
    except BackupError as damage:
        error = str(damage)
    return Backup(parsed.text, parsed.kind, parsed.at, folder, manifest, _checks_read(folder), error)


def _checks_read(folder: Path) -> dict[str, Checked]:
    """What was found; nothing where the record cannot be read, so that the backup is verified again."""
    try:
        facts: Any = json.loads((folder / CHECKS).read_text())
        return {level.value: Checked(**facts[level.value]) for level in Level if level.value in facts}
    except (OSError, ValueError, TypeError):
        return {}


def manifest_of(backup: Backup) -> Manifest:
    """Its manifest. Raises `BackupDamaged` where that cannot be read."""
    if backup.manifest is None:
        raise BackupDamaged(backup.error)
    return backup.manifest
