"""Offer what is free to who waits: what the scheduler does every minute."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from core.management.job_command import JobCommand
from waitlist.services import offers_plan
from waitlist.types import Planned


class Command(JobCommand):
    job = "waitlist.offers_make"
    help = "Offer free rooms to who waits for them, and end what nobody took and whose days are gone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="only say who would be offered what")

    def handle(self, *args: Any, as_json: bool, dry_run: bool = False, **options: Any) -> None:
        if not dry_run:
            super().handle(*args, as_json=as_json, **options)
            return
        planned = offers_plan()
        if as_json:
            self.stdout.write(json.dumps({"job": self.job, "planned": [_document(one) for one in planned]}))
            return
        for one in planned:
            self.stdout.write(_line(one))
        self.stdout.write(f"{len(planned)} offers would be made.")


def _line(one: Planned) -> str:
    entry, fit = one.entry, one.fit
    return (
        f"{entry.reference}  {entry.property.name}  {entry.rooms} × {fit.room_type_name}  "
        f"{fit.stay.arrival} to {fit.stay.departure}  {fit.total} {fit.currency}"
    )


def _document(one: Planned) -> dict[str, Any]:
    entry, fit = one.entry, one.fit
    return {
        "entry": entry.reference,
        "property": entry.property.slug,
        "rooms": entry.rooms,
        "room_type": fit.room_type_id,
        "rate_plan": fit.rate_plan_id,
        "arrival": fit.stay.arrival.isoformat(),
        "departure": fit.stay.departure.isoformat(),
        "total": str(fit.total),
        "currency": fit.currency,
    }
