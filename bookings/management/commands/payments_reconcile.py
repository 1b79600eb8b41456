"""Repair what missed events, crashes and silent providers left behind."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from bookings.services import bookings_reconcile
from bookings.tasks import reconcile_result
from core.schedule import job_recorded
from payments.services import payments_reconcile


class Command(BaseCommand):
    help = (
        "Ask the payment providers for everything that is still open, then bring bookings to what their payments say. "
        "Exit code 1 if something could not be settled."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *_args: Any, as_json: bool, **_options: Any) -> None:
        with job_recorded("bookings.payments_reconcile") as record:
            payments, bookings = payments_reconcile(), bookings_reconcile()
            record.result = reconcile_result(payments, bookings)
        if as_json:
            self.stdout.write(json.dumps({"payments": asdict(payments), "bookings": asdict(bookings)}))
        else:
            self.stdout.write(
                f"Payments: {payments.payments_checked} asked for, {payments.payments_settled} settled, "
                f"{payments.payments_cancelled} cancelled; {payments.refunds_executed} refunds executed, "
                f"{payments.events_processed} events processed."
            )
            self.stdout.write(
                f"Bookings: {_listed(bookings.confirmed)} confirmed, {_listed(bookings.changed)} changed, "
                f"{_listed(bookings.refunded)} refunded."
            )
        errors = [*payments.errors, *bookings.errors]
        for error in errors:
            self.stderr.write(error)
        if errors:
            sys.exit(1)


def _listed(references: list[str]) -> str:
    return f"{len(references)} ({', '.join(references)})" if references else "0"
