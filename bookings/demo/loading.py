"""Loading the demo step by step. Killed anywhere, another run goes on; the staff's roles come last and mark the end."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.demo import (
    CHAIN,
    GUESTS,
    STAFF,
    logins_text,
    person_load,
    role_load,
    staff_are_loaded,
    tiers_load,
)
from bookings.imports.houses import CITY, RESORT, TIME_ZONE
from bookings.imports.services import ImportResult, Progress, bookings_import, without_progress
from core.dates import property_today
from inventory.demo.houses import HOUSES
from inventory.demo.load import house_load, pictures_draw
from inventory.models import Property

from .money import money_load
from .reviews import imported_reviews_load, review_load, reviewed_stays
from .rooms import rooms_load
from .spaces import spaces_load
from .stays import other_stays, own_stays, stay_load

SAMPLE = Path(__file__).resolve().parents[1] / "imports" / "sample" / "hotel_bookings_sample.csv.xz"
SHARED = settings.BASE_DIR.parent / "shared" / "data" / "hotel_bookings.csv.xz"
DATA_VARIABLE = "VACANCY_DEMO_DATA"
LOGINS_FILE = settings.BASE_DIR / ".run" / "demo-logins.txt"
IMPORTED_LOOKS = (
    (
        RESORT.slug,
        "coast",
        "coastal",
        {"B": "twin", "C": "triple", "F": "king", "G": "triple", "H": "triple"},
    ),
    (CITY.slug, "city", "modern", {"B": "twin", "E": "king", "F": "triple", "G": "king"}),
)

Say = Callable[[str], object]


def data_path(given: Path | None) -> Path:
    """Where the bookings come from: the given file, the environment's, the one beside the project, or our sample."""
    named = given or (Path(os.environ[DATA_VARIABLE]) if os.environ.get(DATA_VARIABLE) else None)
    if named is not None:
        return named
    return SHARED if SHARED.is_file() else SAMPLE


def demo_is_wanted() -> bool:
    """Whether the database is empty, or a demo was begun in it and not finished."""
    slugs = [house.blueprint.slug for house in HOUSES]
    if Property.objects.filter(slug__in=slugs).exists():
        return not staff_are_loaded()
    return not Property.objects.exists()


def demo_load(
    *, path: Path, say: Say, progress: Progress = without_progress, at: datetime | None = None
) -> ImportResult:
    """Load people, houses, the imported bookings, and stays; then write who can log in. Raises `DomainError`."""
    at = at or timezone.now()
    tiers_load()
    for person in GUESTS:
        person_load(person=person)
    chain = person_load(person=CHAIN)
    for house in HOUSES:
        say(f"{house.blueprint.name}, {house.blueprint.city}")
        house_load(house=house)
    say(f"Bookings from {path.name}")
    result = bookings_import(path=path, shift_to=property_today(TIME_ZONE, at), at=at, progress=progress)
    for slug, scene, style, beds in IMPORTED_LOOKS:
        for imported in Property.objects.filter(slug=slug):
            pictures_draw(prop=imported, scene=scene, style=style, beds=beds)
    say("Stays of the demo's guests")
    for stay in (*own_stays(), *other_stays()):
        stay_load(stay=stay, chain=chain, at=at)
    say("Extras, invoices and a group")
    money_load(slugs=[house.blueprint.slug for house in HOUSES], chain=chain, at=at)
    say("What guests say of their stays")
    for stay, voice in reviewed_stays():
        review_load(booking=stay_load(stay=stay, chain=chain, at=at), voice=voice, chain=chain, at=at)
    say("Rooms for those who come")
    rooms_load(chain=chain, at=at)
    imported_reviews_load(slugs=(RESORT.slug, CITY.slug), chain=chain, at=at)
    say("Spaces by the hour")
    spaces_load(staff=chain, at=at)
    for person in STAFF:
        for workplace in Property.objects.filter(slug=person.workplace):
            role_load(person=person, property_id=workplace.pk)
    logins_write()
    return result


def logins_write() -> None:
    """Write who can log in where `make run` shows it."""
    LOGINS_FILE.parent.mkdir(parents=True, exist_ok=True)
    LOGINS_FILE.write_text(logins_text(), encoding="utf-8")
