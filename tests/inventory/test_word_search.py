"""Properties by the words of name, city and description, in the site's search, the API and the admin."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from inventory.models import Property
from inventory.selectors.destinations import destination_ids
from inventory.selectors.listing import properties_list
from tests.factories.inventory import PropertyFactory

pytestmark = pytest.mark.django_db


def house(name: str, city: str, description: str = "", **more: object) -> Property:
    return PropertyFactory.create(name=name, city=city, description=description, is_published=True, **more)


@pytest.fixture
def houses() -> dict[str, Property]:
    return {
        "cafe": house("Café Royal", "Paris", "Rooms above a bakery.", country="FR"),
        "munich": house("Adler", "München", "Quiet, with a garden. Ten minutes to the café."),
        "strasse": house("Haus am Weg", "Weißenburg", "An der Großen Straße."),
        "lodz": house("Hotel Øst", "Łódź", "Æbler og smørrebrød", country="PL"),
        "greek": house("Ξενία", "Αθήνα", "Θέα στην Ακρόπολη", country="GR"),
        "chinese": house("東京ホテル", "東京", "静かな部屋", country="JP"),
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cafe", ["cafe", "munich"]),
        ("CAFÉ", ["cafe", "munich"]),
        ("mün", ["munich"]),
        ("mun", ["munich"]),
        ("weissen", ["strasse"]),
        ("große straße", ["strasse"]),
        ("grossen strasse", ["strasse"]),
        ("lodz", ["lodz"]),
        ("ost smor", ["lodz"]),
        ("αθηνα", ["greek"]),
        ("東京", ["chinese"]),
        ("garden adler", ["munich"]),
        ("garden royal", []),
        ("afé", []),
        ("' & | ! ( ) :*", []),
        ("10:30 a@b.c -5 1e5", []),
    ],
)
def test_words_without_case_and_accents(houses: dict[str, Property], text: str, found: list[str]) -> None:
    assert [row.pk for row in Property.objects.matching(text)] == [houses[name].pk for name in found]


def test_a_name_ranks_above_a_city_and_that_above_a_description() -> None:
    described = house("Anna", "Graz", "As in Lisbon.")
    placed = house("Berta", "Lisbon")
    named = house("Clara Lisbon", "Graz")

    assert list(Property.objects.matching("lisb")) == [named, placed, described]


def test_a_description_counts_only_where_no_name_or_city_does() -> None:
    hamburg = house("Elbe", "Hamburg", "Half way between Berlin and the sea, with a sauna.")
    berlin = house("Spree", "Berlin")

    assert destination_ids("berlin") == [berlin.pk]
    assert destination_ids("sauna") == [hamburg.pk]
    assert destination_ids("sauna, de") == [hamburg.pk]
    assert destination_ids("sauna, fr") == []


def test_unpublished_ones_stay_hidden() -> None:
    house("Spree", "Berlin")
    Property.objects.update(is_published=False)

    assert destination_ids("spree") == []


@pytest.mark.parametrize("rows", [1, 20])
def test_queries(django_assert_num_queries: DjangoAssertNumQueries, rows: int) -> None:
    for number in range(rows):
        house(f"Spree {number}", "Berlin")

    with django_assert_num_queries(1):  # nothing is cached in a transaction that has written
        assert len(destination_ids("spree, germany")) == rows


def test_the_api_lists_the_best_first() -> None:
    placed = house("Anna", "Lisbon")
    named = house("Clara Lisbon", "Graz")

    answer = APIClient().get("/api/v1/properties/", {"search": "LÍSB"})

    assert [row["name"] for row in answer.json()["results"]] == [named.name, placed.name]
    assert [row.name for row in properties_list(search="lisbon")] == [named.name, placed.name]


def test_the_admin_searches_alike(admin_user: User, client: Client) -> None:
    placed = house("Anna", "Lisbon")
    named = house("Clara Lisbon", "Graz")
    house("Else", "Wien")
    client.force_login(admin_user)

    answer = client.get("/admin/inventory/property/", {"q": "lísb"}, follow=True)

    assert [row.pk for row in answer.context["cl"].result_list] == [named.pk, placed.pk]
