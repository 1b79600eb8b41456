"""Properties, room types and rate plans."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.asking import V1, fields, problem
from tests.factories.inventory import (
    AmenityFactory,
    Hotel,
    PropertyFactory,
    RatePlanFactory,
    RoomTypeFactory,
    hotel,
)

pytestmark = pytest.mark.django_db


def slugs(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [entry["slug"] for entry in answer.json()["results"]]


def test_a_property_shows_what_it_is(api: APIClient, house: Hotel) -> None:
    house.property.amenities.add(AmenityFactory(code="wifi", name="Wi-Fi"))

    answer = api.get(f"{V1}properties/{house.property.slug}/")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": house.property.pk,
        "slug": house.property.slug,
        "name": house.property.name,
        "description": "",
        "stars": 4,
        "address": "",
        "postal_code": "",
        "city": "Berlin",
        "country": "DE",
        "latitude": None,
        "longitude": None,
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "arrival_from": "15:00:00",
        "departure_until": "11:00:00",
        "child_max_age": 12,
        "rating": None,
        "amenities": [{"code": "wifi", "name": "Wi-Fi"}],
        "photos": [],
    }


def test_properties_are_filtered(api: APIClient) -> None:
    wifi, pool = AmenityFactory(code="wifi"), AmenityFactory(code="pool")
    lisbon = PropertyFactory(name="Casa do Rio", slug="casa", city="Lisboa", country="PT", stars=3)
    coimbra = PropertyFactory(name="Sé Velha", slug="se", city="Coimbra", country="PT", stars=5)
    PropertyFactory(name="Spreeblick", slug="spree", city="Berlin", country="DE", stars=4)
    lisbon.amenities.add(wifi)
    coimbra.amenities.add(wifi, pool)

    def found(query: str) -> list[str]:
        return slugs(api.get(f"{V1}properties/?{query}"))

    assert found("") == ["casa", "spree", "se"]
    assert found("city=lisboa") == ["casa"]
    assert found("country=pt") == ["casa", "se"]
    assert found("country=PT&stars=4") == ["se"]
    assert found("stars=4") == ["spree", "se"]
    assert found("amenity=wifi") == ["casa", "se"]
    assert found("amenity=wifi,pool") == found("amenity=wifi&amenity=pool") == ["se"]
    assert found("amenity=sauna") == []
    assert found("search=se velha") == ["se"]
    assert found("search=portugal") == ["casa", "se"]
    assert found("search=atlantis") == []


def test_unpublished_and_unknown_properties_look_alike(api: APIClient) -> None:
    hidden = hotel(is_published=False).property

    for rest in ("", "room-types/", "rate-plans/", "availability/?arrival=2030-01-01&departure=2030-01-02"):
        of_hidden = problem(api.get(f"{V1}properties/{hidden.slug}/{rest}"), 404, "not_found")
        of_nobody = problem(api.get(f"{V1}properties/no-such-house/{rest}"), 404, "not_found")
        assert of_hidden["detail"] == of_nobody["detail"]
    assert slugs(api.get(f"{V1}properties/")) == []


def test_room_types_and_rate_plans_on_sale(api: APIClient, deposit_house: Hotel) -> None:
    house = deposit_house
    RoomTypeFactory(property=house.property, is_active=False)
    RatePlanFactory(property=house.property, is_active=False)

    room_types = api.get(f"{V1}properties/{house.property.slug}/room-types/").json()
    plans = api.get(f"{V1}properties/{house.property.slug}/rate-plans/").json()

    assert room_types["count"] == plans["count"] == 1
    assert room_types["results"] == [
        {
            "id": house.room_type.pk,
            "code": house.room_type.code,
            "name": house.room_type.name,
            "description": "",
            "beds": "1 double bed",
            "size_sqm": None,
            "standard_occupancy": 2,
            "max_adults": 2,
            "max_children": 1,
            "max_occupancy": 3,
            "amenities": [],
            "photos": [],
        }
    ]
    assert plans["results"] == [
        {
            "id": house.plan.pk,
            "code": house.plan.code,
            "name": house.plan.name,
            "board": "RO",
            "description": "",
            "member_discount": True,
            "room_types": [],
            "deposit": {"kind": "percent", "value": "30.000"},
            "cancellation": {
                "name": house.plan.cancellation_policy.name,
                "tiers": [
                    {"hours_before": 720, "penalty_kind": "percent", "penalty_value": "0.000"},
                    {"hours_before": 24, "penalty_kind": "percent", "penalty_value": "50.000"},
                ],
                "no_show_percent": "100.00",
            },
        }
    ]


def test_pages_are_cut(api: APIClient) -> None:
    PropertyFactory.create_batch(3)

    first = api.get(f"{V1}properties/?page_size=2").json()
    second = api.get(f"{V1}properties/?page_size=2&page=2").json()
    everything = api.get(f"{V1}properties/?page_size=999999999").json()

    assert (first["count"], len(first["results"]), first["previous"]) == (3, 2, None)
    assert first["next"].endswith("/api/v1/properties/?page=2&page_size=2")
    assert (len(second["results"]), second["next"]) == (1, None)
    assert len(everything["results"]) == 3


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("stars=6", "stars"),
        ("stars=four", "stars"),
        ("country=Germany", "country"),
        ("city=" + "x" * 121, "city"),
        ("amenity=" + ",".join(["wifi"] * 21), "amenity"),
        ("search=%00", "search"),
        ("page=0", "page"),
        ("page_size=many", "page_size"),
    ],
)
def test_nonsense_in_a_filter_is_named(api: APIClient, query: str, field: str) -> None:
    document = problem(api.get(f"{V1}properties/?{query}"), 400, "validation_failed")

    assert fields(document) == [field]


def test_a_page_beyond_the_last_is_not_there(api: APIClient, house: Hotel) -> None:
    problem(api.get(f"{V1}properties/?page=2"), 404, "not_found")


def test_the_index_leads_to_everything(api: APIClient) -> None:
    links = api.get("/api/").json()

    assert links["properties"] == "http://testserver/api/v1/properties/"
    assert links["documentation"] == "http://testserver/api/docs/"
    for name in ("documentation", "description", "properties"):
        assert api.get(links[name]).status_code == 200
