"""`manage.py idempotency_prune`: forget the answers of requests that nobody repeats any more."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from core.idempotency import PRUNE_BATCH_ROWS, idempotency_keys_expired, idempotency_keys_prune
from core.management.arguments import whole_number
from core.schedule import job_recorded


class Command(BaseCommand):
    """Deletes expired idempotency keys, in batches."""

    help = "Delete idempotency keys that have expired (72 hours after the request)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Count them and delete nothing.")
        parser.add_argument(
            "--batch", type=whole_number(1), default=PRUNE_BATCH_ROWS, help="Rows per statement."
        )
        parser.add_argument("--json", action="store_true", help="Write one line of JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        if options["dry_run"]:
            number = idempotency_keys_expired(at=at)
        else:
            with job_recorded("core.idempotency_keys_prune") as record:
                number = record.result = idempotency_keys_prune(at=at, batch_rows=options["batch"])
        if options["json"]:
            self.stdout.write(json.dumps({"expired": number, "dry_run": options["dry_run"]}))
        else:
            verb = "to delete" if options["dry_run"] else "deleted"
            self.stdout.write(f"Expired idempotency keys {verb}: {number}")
