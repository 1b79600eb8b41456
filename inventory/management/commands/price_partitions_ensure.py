"""Make the months of the price history ahead."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.schedule import JobFailed, job_run

JOB = "inventory.price_partitions_ensure"


class Command(BaseCommand):
    """`manage.py price_partitions_ensure`: exit code 1 if a month was missing when prices changed in it."""

    help = "Make the months of the price history: this one and three ahead."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the options."""
        parser.add_argument("--json", action="store_true", help="write one line of JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make them, and report."""
        try:
            result = job_run(JOB)
        except JobFailed as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"job": JOB, "result": result}))
        elif result["made"]:
            self.stdout.write(f"Months made: {', '.join(result['made'])}.")
        else:
            self.stdout.write("Every month is there.")
        if result["caught"]:
            raise CommandError(
                f"{result['caught']} changes came before their month was made. They are kept, and in their place now; "
                "is the scheduler running?"
            )
