"""Prove that invoices have no gaps and that every sum is right."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from core.observability.queries import bulk_work
from core.schedule import job_recorded
from payments.selectors import invoice_problems, invoices_count
from payments.services.invoice_proving import InvoicesDiffer, invoice_line


class Command(BaseCommand):
    """`manage.py invoices_check`: changes nothing of the invoices; the run is recorded."""

    help = "Prove that invoice numbers have no gap, sums are right and nothing is invoiced twice. Exit code 1 if not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the options."""
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *_args: Any, as_json: bool, **_options: Any) -> None:
        """Check, report, and fail if something is wrong."""
        with bulk_work():
            invoices, problems = invoices_count(), invoice_problems()
        if as_json:
            report = {"invoices": invoices, "problems": [asdict(problem) for problem in problems]}
            self.stdout.write(json.dumps(report))
        elif not problems:
            self.stdout.write(f"{invoices} invoices, nothing wrong: no gap, every sum right, nothing twice.")
        else:
            for problem in problems:
                self.stdout.write(invoice_line(problem))
            self.stderr.write(f"{len(problems)} problems.")
        try:
            with job_recorded("payments.invoices_check") as record:
                record.result = invoices
                if problems:
                    raise InvoicesDiffer(data={"problems": len(problems)})
        except InvoicesDiffer:
            sys.exit(1)
