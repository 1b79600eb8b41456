"""Is a backup good?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from core.backups.alerts import backup_alert
from core.backups.catalog import Level, backup_get
from core.backups.errors import BackupBusy, BackupDamaged, BackupError
from core.backups.verification import backup_verify
from core.management.backup_command import BackupCommand, backup_facts


class Command(BackupCommand):
    help = (
        "Verify a backup: by its hashes, by reading it to its end, or by restoring it into a scratch database and "
        "proving that everything is there and works. Exit code 1 if it is not good."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "name", nargs="?", default="latest", help="a backup as backup_list names it (latest)"
        )
        parser.add_argument("--level", choices=[level.value for level in Level], default=Level.DECODE.value)
        parser.add_argument(
            "--wait",
            type=float,
            default=0,
            metavar="SECONDS",
            help="wait for others that work on the backups",
        )

    def work(self, **options: Any) -> tuple[Any, list[str]]:
        backup = backup_get(options["name"])
        level = Level(options["level"])
        try:
            verified = backup_verify(
                backup, level=level, wait_seconds=options["wait"], progress=self.progress
            )
        except BackupDamaged as error:
            backup_alert("backup_damaged", str(error))
            raise
        except BackupBusy:
            raise
        except BackupError as error:
            if level is Level.RESTORE:
                backup_alert("drill_failed", str(error))
            raise
        checked = verified.checks[level.value]
        facts = backup_facts(verified) | {"seconds": checked.seconds, "steps": checked.steps}
        lines = [f"{name}: {seconds:.1f} s" for name, seconds in checked.steps.items()]
        what = {
            Level.HASH: "every file has its hash",
            Level.DECODE: "every file can be read to its end",
            Level.RESTORE: "restored, compared table by table, and every check held",
        }[level]
        return facts, [*lines, f"{verified.name}: {what}, in {checked.seconds:.1f} s."]
