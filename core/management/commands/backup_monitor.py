"""Is all well with the backups? For the scheduler, cron and whoever watches."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from core.backups.monitoring import backups_watch
from core.backups.state import BackupsState
from core.management.backup_command import BackupCommand


class Command(BackupCommand):
    help = (
        "Say whether the backups are as they should be. Exit code 1, and the operators are told, when the newest "
        "verified backup is too old, smaller than expected or damaged, or the last restore drill failed. Needs no "
        "database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--quiet-alert", action="store_true", help="tell nobody, the exit code is enough")

    def handle(self, *args: Any, as_json: bool, **options: Any) -> None:
        state = backups_watch(tell=not options["quiet_alert"])
        if as_json:
            self.stdout.write(json.dumps(state.facts()))
        else:
            for line in _lines(state):
                self.stdout.write(line)
        for problem in state.problems:
            self.stderr.write(self.style.ERROR(problem.text))
        if not state.ok:
            sys.exit(1)


def _lines(state: BackupsState) -> list[str]:
    lines = []
    if state.newest_verified is not None:
        lines.append(
            f"The newest verified backup is {state.newest_verified.name}, {state.age_hours} hours old."
        )
    if state.recovery_seconds is not None:
        lines.append(f"Recovery time in the last drill: {state.recovery_seconds:.1f} s.")
    return lines
