"""Send webhook deliveries again by hand."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from core.exceptions import DomainError
from notifications.selectors.webhooks import endpoint_by_id
from notifications.services.numbering import events_number_all
from notifications.services.resending import EventRange, deliveries_resend, events_of_range


class Command(BaseCommand):
    """Exit code 1 and the reason on standard error if the endpoint is off or the range is none."""

    help = "Send the events of a range again to a webhook endpoint, by number or by time, in their order."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("endpoint", type=int, help="id of the endpoint")
        parser.add_argument("--after", type=int, help="events after this number")
        parser.add_argument("--until", type=int, help="up to and including this number")
        parser.add_argument(
            "--since", type=_moment, help="from this time on (ISO 8601, UTC unless it says so)"
        )
        parser.add_argument("--before", type=_moment, help="before this time")
        parser.add_argument("--missing", action="store_true", help="only what was not delivered")
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--json", action="store_true", dest="as_json", help="write one line of JSON")

    def handle(self, *_args: Any, endpoint: int, dry_run: bool, as_json: bool, **options: Any) -> None:
        wanted = EventRange(
            **{name: options[name] for name in ("after", "until", "since", "before")},
            is_missing_only=options["missing"],
        )
        try:
            count = self._count(endpoint, wanted) if dry_run else self._resend(endpoint, wanted)
        except DomainError as error:
            raise CommandError(f"{error} ({error.code})") from error
        if as_json:
            self.stdout.write(json.dumps({"endpoint": endpoint, "events": count, "dry_run": dry_run}))
        else:
            self.stdout.write(f"{count} events {'would be' if dry_run else 'are'} sent again.")

    def _count(self, endpoint_id: int, wanted: EventRange) -> int:
        wanted.check()
        events_number_all()
        return events_of_range(endpoint_by_id(endpoint_id), wanted).count()

    def _resend(self, endpoint_id: int, wanted: EventRange) -> int:
        with tqdm(unit=" events", file=self.stderr, disable=not self.stderr.isatty()) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            return deliveries_resend(
                endpoint_id=endpoint_id, wanted=wanted, begun_at=timezone.now(), progress=progress
            )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
