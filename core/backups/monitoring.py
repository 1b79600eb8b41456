"""Watching the backups, and telling the operators once for each trouble, and again every day that it lasts."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.utils import timezone

from .alerts import backup_alert
from .layout import backup_root, file_write
from .state import BackupsState, backups_state

TOLD = "told.json"
AGAIN_AFTER = timedelta(hours=24)


def backups_watch(*, at: datetime | None = None, tell: bool = True) -> BackupsState:
    """Look at the backups, and with `tell` tell the operators of troubles that are new or a day old. No query."""
    now = at or timezone.now()
    state = backups_state(at=now)
    if tell:
        told = _told_read()
        news = [problem for problem in state.problems if _is_news(told.get(problem.code), now)]
        for problem in news:
            backup_alert(problem.code, problem.text)
        lasting = {problem.code for problem in state.problems}
        kept = {code: moment for code, moment in told.items() if code in lasting}
        kept |= {problem.code: now.isoformat() for problem in news}
        if kept != told:
            _told_write(kept)
    return state


def _is_news(told_at: str | None, now: datetime) -> bool:
    return told_at is None or now - datetime.fromisoformat(told_at) >= AGAIN_AFTER


def _told_read() -> dict[str, str]:
    try:
        told = json.loads((backup_root() / TOLD).read_text())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _told_write(told: dict[str, str]) -> None:
    backup_root(create=True)
    file_write(backup_root() / TOLD, json.dumps(told) + "\n")
