"""A throw-away site with a small demo, in which documents are tried."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from accounts.demo import CHAIN
from accounts.models import User
from bookings.demo import loading, stays
from core.cache import read
from core.cache.client import cache_server
from core.models import ScheduledJob
from inventory.demo import load
from inventory.demo.houses import HOUSES
from inventory.models import Property
from tests.bookings.imports.files import csv_write, raw
from tests.factories.webhooks import endpoint

SLUG = "pensao-alecrim-lisbon"
DAYS_AHEAD = 400
"""Dates in documents are moved by whole years of 364 days until they lie ahead, so at most so far."""
ENDPOINT_ID = 5
"""The webhook endpoint that the documents speak of."""


@dataclass(frozen=True)
class Site:
    """Where a reader would be: a folder to work in, and the address of the site."""

    folder: Path
    url: str


def site_run(folder: Path) -> Iterator[Site]:
    """Load the demo into the test's database, serve it, and leave nothing behind."""
    with pytest.MonkeyPatch.context() as patch:
        _small_demo(patch, folder)
        ScheduledJob.objects.all().delete()  # known since the database was made, none of them would have run in time
        call_command("load_demo", data=_bookings(folder), stdout=StringIO())
        endpoint(Property.objects.get(slug=SLUG), owner=User.objects.get(email=CHAIN.email), pk=ENDPOINT_ID)
        server = LiveServer("127.0.0.1")
        patch.setattr(settings, "SITE_URL", server.url)
        try:
            yield Site(folder, server.url)
        finally:
            server.stop()


def cache_empty() -> None:
    """Forget what is kept of other sites."""
    cache_server().redis.flushdb()
    read.local.clear()


def _small_demo(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """One house of the demo with pictures of a few pixels, and a few of the imported bookings."""
    houses = tuple(house for house in HOUSES if house.blueprint.slug == SLUG)
    own = [stay for stay in stays.own_stays() if stay.house == SLUG]
    others = [stay for stay in stays.other_stays() if stay.house == SLUG][:4]
    reviewed = [(stay, voice) for stay, voice in loading.reviewed_stays() if stay.house == SLUG][:1]
    patch.setattr(loading, "HOUSES", houses)
    patch.setattr(loading, "own_stays", lambda: iter(own))
    patch.setattr(loading, "other_stays", lambda: iter(others))
    patch.setattr(loading, "reviewed_stays", lambda: iter(reviewed))
    patch.setattr(loading, "LOGINS_FILE", folder / "demo-logins.txt")
    patch.setattr(load, "PICTURE_SIZE", (120, 80))
    patch.setattr(settings, "INVENTORY_DAYS_AHEAD", DAYS_AHEAD)
    for name in ("BACKUP_ROOT", "MEDIA_ROOT", "PRIVATE_ROOT", "STATIC_ROOT"):
        patch.setattr(settings, name, str(folder / name.lower()))
    patch.chdir(folder)


def _bookings(folder: Path) -> Path:
    """The file of bookings that the documents import, in the folder where they are typed."""
    path = csv_write(folder / "bookings.csv", [raw(), raw(hotel="Resort Hotel")])
    shutil.copy(loading.SAMPLE, folder / "bookings.csv.xz")
    return path
