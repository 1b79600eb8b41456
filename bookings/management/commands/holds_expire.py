"""Let holds expire whose time is over: what the scheduler does every minute."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookings.selectors import holds_expired
from bookings.selectors.changes import changes_overdue
from bookings.services import changes_expire, holds_expire
from bookings.services.expiring import BATCH_HOLDS
from core.management.arguments import whole_number
from core.schedule import job_recorded


class Command(BaseCommand):
    help = "Give back the rooms of holds, and of changes of stays, that nobody has paid for in time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--limit",
            type=whole_number(1),
            default=BATCH_HOLDS,
            help="at most so many (default: %(default)s)",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *_args: Any, limit: int, dry_run: bool, **_options: Any) -> None:
        if dry_run:
            now = timezone.now()
            found = len(holds_expired(at=now, limit=limit)) + len(changes_overdue(at=now, limit=limit))
            self.stdout.write(f"{found} holds would expire.")
            return
        with job_recorded("bookings.holds_expire") as record:
            record.result = holds_expire(limit=limit) + changes_expire(limit=limit)
        self.stdout.write(f"{record.result} holds have expired.")
