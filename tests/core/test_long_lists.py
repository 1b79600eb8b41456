"""Long lists are read some rows at a time, in their order, and no cursor or transaction is left open."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.long_lists import list_keys, objects_of, values_of
from inventory.models import Amenity

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def amenities() -> None:
    Amenity.objects.all().delete()
    Amenity.objects.bulk_create(Amenity(code=f"a{number}", name=f"{9 - number}") for number in range(7))


@pytest.fixture(params=[False, True], ids=["direct", "pooler"])
def cursors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", request.param)


@pytest.mark.usefixtures("cursors")
def test_rows_come_in_their_order_in_batches() -> None:
    rows = Amenity.objects.order_by("name")
    with CaptureQueriesContext(connection) as queries:
        values = list(values_of(rows, ["code", "name"], size=3))

    assert values == [(f"a{number}", f"{9 - number}") for number in range(6, -1, -1)]
    asked = [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "DECLARE"))]
    assert len(asked) == 4, "the keys, and three times the rows of three"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name <> '_django_curs' AND is_holdable")
        assert cursor.fetchone() == (0,)


def test_slices_filters_and_nothing() -> None:
    rows = Amenity.objects.filter(code__gt="a1").order_by("-code")
    assert [row.code for row in objects_of(rows[:3], size=2)] == ["a6", "a5", "a4"]
    assert list(list_keys(Amenity.objects.none())) == []
    assert list(values_of(Amenity.objects.filter(code="?"), ["code"])) == []


def test_a_row_that_goes_meanwhile_is_left_out() -> None:
    reading = objects_of(Amenity.objects.order_by("code"), size=2)
    seen: list[Any] = [next(reading).code]
    Amenity.objects.filter(code="a4").delete()

    assert seen + [row.code for row in reading] == ["a0", "a1", "a2", "a3", "a5", "a6"]
