"""Which backups are kept: a rule with no clock and no files, so that it can be tried over years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from .layout import BackupKind


@dataclass(frozen=True, slots=True)
class Kept:
    """What the rule looks at: one backup."""

    name: str
    kind: BackupKind
    at: datetime
    is_verified: bool


def retained(backups: Iterable[Kept], *, keep: Mapping[str, int]) -> set[str]:
    """The names of those that are kept: of each kind in `keep` the newest so many verified ones, of others all.

    One that is not verified takes nobody's place. It stays while it is newer than the oldest of its kind that is kept,
    or while fewer than wanted are verified. The newest verified one of all stays whatever the numbers say.
    """
    ordered = sorted(backups, key=lambda backup: (backup.at, backup.name), reverse=True)
    names = set()
    for kind in BackupKind:
        verified = 0
        for backup in (one for one in ordered if one.kind is kind):
            if kind.value in keep and verified >= keep[kind.value]:
                break
            names.add(backup.name)
            verified += backup.is_verified
    last_verified = next((backup.name for backup in ordered if backup.is_verified), None)
    return names | ({last_verified} if last_verified else set())
