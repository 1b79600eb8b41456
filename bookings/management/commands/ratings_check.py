"""`manage.py ratings_check`: proves that every property's rating is what its published reviews add up to."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bookings.selectors.reviews import rating_differences


class Command(BaseCommand):
    help = "Compare every property's rating with its published reviews; exit with an error if any differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="write the differences as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        differences = rating_differences()
        if options["json"]:
            rows = [asdict(difference) for difference in differences]
            self.stdout.write(json.dumps({"differences": rows}))
        for difference in differences:
            if not options["json"]:
                self.stdout.write(
                    f"{difference.property_name}: recorded {list(difference.recorded)}, "
                    f"reviews say {list(difference.expected)}"
                )
        if differences:
            raise CommandError(f"{len(differences)} ratings differ from their reviews")
        if not options["json"]:
            self.stdout.write("Every rating is what its reviews add up to.")
