"""`manage.py load_demo`, with two of the houses and small pictures."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.demo import DEMO_PASSWORD, GUESTS
from accounts.models import PropertyStaff, User
from accounts.selectors import discount_for_user
from bookings.demo import loading, stays
from bookings.models import Booking
from bookings.selectors import inventory_differences
from inventory.demo import load
from inventory.demo.houses import HOUSES
from inventory.models import Property
from payments.selectors import folio_balance, ledger_problems
from tests.bookings.imports.files import csv_write, raw
from tests.factories.inventory import PropertyFactory

pytestmark = pytest.mark.django_db
SLUGS = ("pensao-alecrim-lisbon", "haus-am-kanal-berlin")


@pytest.fixture(autouse=True)
def _small_demo(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    settings.INVENTORY_DAYS_AHEAD = 250
    settings.MEDIA_ROOT = tmp_path / "media"
    houses = tuple(house for house in HOUSES if house.blueprint.slug in SLUGS)
    own = [stay for stay in stays.own_stays() if stay.house in SLUGS]
    others = [stay for stay in stays.other_stays() if stay.house in SLUGS][:4]
    monkeypatch.setattr(loading, "HOUSES", houses)
    monkeypatch.setattr(loading, "own_stays", lambda: iter(own))
    monkeypatch.setattr(loading, "other_stays", lambda: iter(others))
    reviewed = [(stay, voice) for stay, voice in loading.reviewed_stays() if stay.house in SLUGS][:1]
    monkeypatch.setattr(loading, "reviewed_stays", lambda: iter(reviewed))
    monkeypatch.setattr(loading, "LOGINS_FILE", tmp_path / "run" / "demo-logins.txt")
    monkeypatch.setattr(load, "PICTURE_SIZE", (120, 80))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return csv_write(tmp_path / "bookings.csv", [raw(), raw(hotel="Resort Hotel"), raw(adr="-1")])


def run(**options: Any) -> str:
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


def test_the_demo_has_houses_people_and_stays(data: Path) -> None:
    printed = run(data=data)

    assert "The demo is there" in printed
    assert Property.objects.published().count() == 4
    for house in Property.objects.all():
        assert house.photos.count() == load.PROPERTY_PICTURES
        assert all(photo.alt and photo.width == 120 for photo in house.photos.all())
        assert not house.room_types.filter(photos__isnull=True).exists()
    anna, tom, lea = (User.objects.get(email=person.email) for person in GUESTS)
    assert [discount_for_user(user) for user in (anna, tom, lea)] == [10, 5, 0]
    assert EmailAddress.objects.filter(user=anna, verified=True, primary=True).exists()
    assert authenticate(username=anna.email, password=DEMO_PASSWORD) == anna
    assert PropertyStaff.objects.count() == 5
    lived = Booking.objects.get(user=anna, status="checked_out")
    assert folio_balance(folio_id=lived.folio_id) == 0
    assert Booking.objects.filter(source=None, group=None, status="confirmed").count() == 3
    assert not Booking.objects.filter(status__in=("held", "expired")).exists()
    assert not inventory_differences()
    assert not ledger_problems()
    assert DEMO_PASSWORD in loading.LOGINS_FILE.read_text()


def test_a_demo_that_was_interrupted_is_completed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = loading.stay_load

    def power_cut(**stay: Any) -> Booking:
        if Booking.objects.filter(source=None).count() == 3:
            raise KeyboardInterrupt
        return made(**stay)

    monkeypatch.setattr(loading, "stay_load", power_cut)
    with pytest.raises(KeyboardInterrupt):
        run(data=data, if_empty=True)
    monkeypatch.setattr(loading, "stay_load", made)

    assert "The demo is there" in run(data=data, if_empty=True)
    bookings = Booking.objects.count()
    assert bookings == 2 + 6 + 1 + 3  # the last three are the rooms of a group
    assert run(data=data, if_empty=True) == ""
    run(data=data)
    assert Booking.objects.count() == bookings
    assert User.objects.count() == 9


def test_a_house_of_ones_own_is_left_alone(data: Path) -> None:
    PropertyFactory.create()

    assert run(data=data, if_empty=True) == ""
    assert Property.objects.count() == 1


def test_the_demo_is_refused_in_production(data: Path, settings: Settings) -> None:
    settings.DEMO_PAGES = False

    with pytest.raises(CommandError, match="log-ins that everybody knows"):
        run(data=data)

    assert not User.objects.exists()


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run(data=tmp_path / "missing.csv.xz")


def test_where_the_data_comes_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(loading.DATA_VARIABLE, raising=False)
    monkeypatch.setattr(loading, "SHARED", tmp_path / "missing")

    assert loading.data_path(None) == loading.SAMPLE
    monkeypatch.setenv(loading.DATA_VARIABLE, "/from/the/environment")
    assert loading.data_path(None) == Path("/from/the/environment")
    assert loading.data_path(tmp_path) == tmp_path
