"""What of base backups and log may go: everything that no moment within the time one can go back to needs."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from core.backups.layout import PARTIAL_SUFFIX, folder_sync

from .bases import BaseBackup, bases_list
from .creating import bases_lock
from .folders import bases_folder, wal_folders
from .names import segment_parse

LOG_FILE = re.compile(r"(?P<segment>[0-9A-F]{24})(\.partial|\.[0-9A-F]{8}\.backup)?(\.gz)?\Z")
LEFT_BEHIND = re.compile(r"\.[0-9A-F]{24}.*\.\d+\Z")
LEFT_BEHIND_HOURS = 24


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, or would be."""

    bases: tuple[str, ...]
    segments: int
    bytes: int


def recovery_prune(*, at: datetime | None = None, days: float | None = None, dry_run: bool = False) -> Pruned:
    """Remove base backups that no moment of the last `days` (`RECOVERY_KEEP_DAYS`) needs, and the log before the rest.

    The newest base backup that was whole before that time stays with everything after it, so at least one always does.
    Histories of timelines are never removed. Raises `BackupBusy`.
    """
    now = at or timezone.now()
    since = now - timedelta(days=settings.RECOVERY_KEEP_DAYS if days is None else days)
    with bases_lock():
        bases = bases_list()
        needed = bases_needed(bases, since=since)
        gone = [base for base in bases if base not in needed]
        files = _log_before(needed, now=now) if needed else []
        freed = sum(path.stat().st_size for path in files) + sum(base.bytes for base in gone)
        if not dry_run:
            for base in gone:
                _base_remove(base)
            for path in files:
                path.unlink()
            for folder in {path.parent for path in files}:
                folder_sync(folder)
    return Pruned(tuple(base.name for base in gone), len(files), freed)


def bases_needed(bases: list[BaseBackup], *, since: datetime) -> list[BaseBackup]:
    """Those from which every moment since then can be reached: the newest that ended before, and all later ones."""
    before = [base for base in bases if base.ended_at <= since]
    after = [base for base in bases if base.ended_at > since]
    return [*before[-1:], *after]


def _base_remove(base: BaseBackup) -> None:
    """Take its name away first: one that is half removed must not look whole."""
    partial = base.folder.with_name(f"{base.name}{PARTIAL_SUFFIX}")
    base.folder.rename(partial)
    folder_sync(bases_folder())
    shutil.rmtree(partial)


def _log_before(needed: list[BaseBackup], *, now: datetime) -> list[Path]:
    """The log's files before the first segment that any of these base backups needs, on whichever timeline."""
    first = min(base.first_segment.number for base in needed)
    segment_bytes = needed[0].segment_bytes
    found = []
    for folder in wal_folders():
        for path in folder.iterdir() if folder.is_dir() else ():
            match = LOG_FILE.match(path.name)
            segment = segment_parse(match["segment"], segment_bytes) if match else None
            if segment is not None and segment.number < first:
                found.append(path)
            elif LEFT_BEHIND.match(path.name):
                age = now.timestamp() - path.stat().st_mtime
                if age > LEFT_BEHIND_HOURS * 3600:
                    found.append(path)
    return found
