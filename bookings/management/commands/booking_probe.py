"""Prove that a restored database can sell: make a booking in it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from bookings.models import BookingChannel
from bookings.services import booking_hold
from bookings.types import GuestDetails, HeldBooking
from core.dates import StayDates, property_today
from core.exceptions import DomainError
from inventory.models import Property
from inventory.selectors import offers_for_property
from inventory.types import Party

HOUSES_TRIED = 20
ARRIVALS_DAYS = (7, 14, 30, 60, 90, 1)
"""How far ahead an arrival is tried, until something is free."""
GUEST = GuestDetails(name="Restore Drill", email="restore-drill@example.org")


class Command(BaseCommand):
    help = (
        "Make a booking in a scratch database, as the restore drill does, and say which. It stays there: the command "
        "refuses every database but the one named. Nothing to sell is no failure; a booking that fails is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--scratch",
            required=True,
            metavar="NAME",
            help="the name of the database, which will be thrown away",
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *_args: Any, scratch: str, as_json: bool, **_options: Any) -> None:
        name = connection.settings_dict["NAME"]
        if name != scratch:
            raise CommandError(f"This is the database {name}, not {scratch}: no booking was made.")
        try:
            held = probe_booking()
        except DomainError as error:
            raise CommandError(f"No booking could be made: {error}") from error
        reference = held.booking.reference if held else None
        if as_json:
            self.stdout.write(json.dumps({"reference": reference}))
        else:
            self.stdout.write(f"Booked {reference}." if reference else "There is nothing to sell.")


def probe_booking() -> HeldBooking | None:
    """Hold one room for one night, wherever something is offered; None where nothing is."""
    for house in Property.objects.published().order_by("pk")[:HOUSES_TRIED]:
        for days in ARRIVALS_DAYS:
            arrival = property_today(house.time_zone) + timedelta(days=days)
            stay = StayDates(arrival, arrival + timedelta(days=1))
            held = _book(house, stay)
            if held is not None:
                return held
    return None


def _book(house: Property, stay: StayDates) -> HeldBooking | None:
    party = Party(adults=1)
    for offer in offers_for_property(property_id=house.pk, stay=stay, party=party):
        for plan in offer.plans:
            if plan.total is not None:
                return booking_hold(
                    room_type_id=offer.room_type.id,
                    rate_plan_id=plan.rate_plan.id,
                    stay=stay,
                    party=party,
                    expected_total=plan.total,
                    guest=GUEST,
                    user=None,
                    actor=None,
                    channel=BookingChannel.WEB,
                )
    return None
