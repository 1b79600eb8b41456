"""Prove that every folio adds up."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder

from core.observability.queries import bulk_work
from core.schedule import job_recorded
from payments.selectors import folios_count, ledger_problems
from payments.services.proving import LedgerDiffers, ledger_line


class Command(BaseCommand):
    """`manage.py ledger_check`: changes nothing of the ledger; the run is recorded."""

    help = "Compare every folio's entries with its charges, payments and refunds. Exit code 1 if anything differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the options."""
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *_args: Any, as_json: bool, **_options: Any) -> None:
        """Check, report, and fail if something is wrong."""
        with bulk_work():
            folios, problems = folios_count(), ledger_problems()
        if as_json:
            report = {"folios": folios, "problems": [asdict(problem) for problem in problems]}
            self.stdout.write(json.dumps(report, cls=DjangoJSONEncoder))
        elif not problems:
            self.stdout.write(
                f"{folios} folios, nothing wrong: every entry has its cause and every sum is right."
            )
        else:
            for problem in problems:
                self.stdout.write(ledger_line(problem))
            wrong = len({problem.folio_id for problem in problems})
            self.stderr.write(f"{len(problems)} problems in {wrong} of {folios} folios.")
        try:
            with job_recorded("payments.ledger_check") as record:
                record.result = folios
                if problems:
                    raise LedgerDiffers(data={"problems": len(problems)})
        except LedgerDiffers:
            sys.exit(1)
