"""Availability, calendars, search, batches and quotes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.asking import V1, client, euros, fields, problem, stay_body
from tests.factories.accounts import MembershipFactory, MembershipTierFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, RestrictionFactory, TaxFactory, hotel

pytestmark = pytest.mark.django_db


def stay_query(house: Hotel, **more: Any) -> str:
    stay = house.stay()
    query = {"arrival": stay.arrival, "departure": stay.departure, "adults": 2} | more
    return "&".join(f"{name}={value}" for name, value in query.items())


def test_a_property_says_what_it_offers(api: APIClient, house: Hotel) -> None:
    stay = house.stay()

    answer = api.get(f"{V1}properties/{house.property.slug}/availability/?{stay_query(house)}")

    assert answer.status_code == 200
    free_until = f"{stay.arrival - timedelta(days=2)}T14:00:00Z"
    assert answer.json() == {
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "nights": 2,
        "currency": "EUR",
        "room_types": [
            {
                "room_type": {
                    "id": house.room_type.pk,
                    "code": house.room_type.code,
                    "name": house.room_type.name,
                },
                "available": 2,
                "from_total": euros("200.00"),
                "reason": None,
                "plans": [
                    {
                        "rate_plan": {
                            "id": house.plan.pk,
                            "code": house.plan.code,
                            "name": house.plan.name,
                            "board": "RO",
                        },
                        "total": euros("200.00"),
                        "free_until": free_until,
                        "reason": None,
                    }
                ],
            }
        ],
    }


def test_what_cannot_be_sold_says_why(api: APIClient, house: Hotel) -> None:
    RestrictionFactory(property=house.property, first_date=house.first, min_stay=3)

    answer = api.get(f"{V1}properties/{house.property.slug}/availability/?{stay_query(house)}")
    too_many = api.get(f"{V1}properties/{house.property.slug}/availability/?{stay_query(house, rooms=2)}")

    (offer,) = answer.json()["room_types"]
    reason = {"code": "min_stay", "message": "The minimum stay is 3 nights.", "data": {"min_stay": 3}}
    assert (offer["from_total"], offer["reason"]) == (None, reason)
    assert (offer["plans"][0]["total"], offer["plans"][0]["reason"]) == (None, reason)
    assert too_many.json()["room_types"][0]["reason"]["code"] == "min_stay"


def test_the_calendar_shows_every_night(api: APIClient, house: Hotel) -> None:
    held(house, rooms=2, stay=house.stay(offset=1, nights=1))

    answer = api.get(f"{V1}properties/{house.property.slug}/calendar/?first={house.first}&days=2")

    free, taken = answer.json()["nights"]
    assert answer.json()["currency"] == "EUR"
    assert (free["date"], free["price_from"], free["available"]) == (
        house.first.isoformat(),
        euros("100.00"),
        2,
    )
    assert (taken["price_from"], taken["available"]) == (None, 0)
    assert [reason["code"] for reason in taken["reasons"]] == ["sold_out"]


def test_the_calendar_of_a_foreign_room_type_or_plan(api: APIClient, house: Hotel) -> None:
    other = hotel()
    calendar = f"{V1}properties/{house.property.slug}/calendar/"

    problem(api.get(f"{calendar}?room_type={other.room_type.pk}"), 404, "unknown_room_type")
    problem(api.get(f"{calendar}?rate_plan={other.plan.pk}"), 422, "unknown_rate_plan")


def test_search_gives_offers_first_and_then_reasons(api: APIClient, house: Hotel) -> None:
    cheap = hotel(first=house.first, price="80.00", city="Berlin")
    full = hotel(first=house.first, rooms=1, city="Berlin")
    held(full)
    hotel(first=house.first, city="Hamburg")

    answer = api.get(f"{V1}search/?where=berlin&{stay_query(house)}")

    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [
        (
            entry["property"]["id"],
            entry["offer"] and entry["offer"]["total"],
            entry["reason"] and entry["reason"]["code"],
        )
        for entry in results
    ] == [
        (cheap.property.pk, euros("160.00"), None),
        (house.property.pk, euros("200.00"), None),
        (full.property.pk, None, "sold_out"),
    ]


def test_a_batch_is_answered_in_its_order(api: APIClient, house: Hotel) -> None:
    held(house)
    stay, later = house.stay(), house.stay(offset=3)
    stays = [
        {"property": house.property.pk, "arrival": str(later.arrival), "departure": str(later.departure)},
        {"property": 2**62, "arrival": str(stay.arrival), "departure": str(stay.departure)},
        {
            "property": house.property.pk,
            "arrival": str(stay.arrival),
            "departure": str(stay.departure),
            "rooms": 2,
        },
    ]

    answer = api.post(f"{V1}availability/batch/", {"stays": stays})

    assert answer.status_code == 200
    free, unknown, taken = answer.json()["answers"]
    assert free["room_types"] == [
        {
            "room_type": house.room_type.pk,
            "available": 2,
            "nights": [{"date": str(night), "available": 2} for night in later.dates()],
        }
    ]
    assert unknown["room_types"] == []
    assert (taken["rooms"], taken["room_types"][0]["available"]) == (2, 1)


def test_a_batch_has_limits(api: APIClient, house: Hotel) -> None:
    one = {"property": house.property.pk, "arrival": "2030-01-01", "departure": "2030-01-03"}

    assert api.post(f"{V1}availability/batch/", {"stays": [one] * 50}).status_code == 200
    too_many = problem(api.post(f"{V1}availability/batch/", {"stays": [one] * 51}), 400, "validation_failed")
    none = problem(api.post(f"{V1}availability/batch/", {"stays": []}), 400, "validation_failed")
    wrong = problem(
        api.post(f"{V1}availability/batch/", {"stays": [one, one | {"departure": "soon", "price": 1}]}),
        400,
        "validation_failed",
    )
    assert fields(too_many) == fields(none) == ["stays"]
    assert fields(wrong) == ["stays.1.price", "stays.1.departure"]


def test_a_quote_itemises_what_is_charged(api: APIClient, house: Hotel) -> None:
    TaxFactory(property=house.property, name="VAT", value=Decimal(7), is_included=True)
    TaxFactory(
        property=house.property,
        name="City tax",
        kind="person_night",
        value=Decimal("2.50"),
        is_included=False,
    )
    member = MembershipFactory(tier=MembershipTierFactory(discount_percent=10)).user

    answer = client(member).post(f"{V1}quotes/", stay_body(house))

    assert answer.status_code == 200, answer.json()
    quote = answer.json()
    assert [(line["kind"], line["amount"], line["is_included"]) for line in quote["lines"]] == [
        ("room", euros("100.00"), False),
        ("member_discount", euros("-10.00"), False),
        ("room", euros("100.00"), False),
        ("member_discount", euros("-10.00"), False),
        ("tax", euros("11.78"), True),
        ("tax", euros("10.00"), False),
    ]
    assert (quote["room_total"], quote["tax_added"], quote["tax_included"], quote["total"]) == (
        euros("180.00"),
        euros("10.00"),
        euros("11.78"),
        euros("190.00"),
    )
    assert (quote["nights"], quote["rooms"], quote["children_ages"]) == (2, 1, [])
    assert quote["deposit_due"] == euros("0.00")
    assert len(quote["fingerprint"]) == 32


def test_quotes_that_cannot_be_had(api: APIClient, house: Hotel) -> None:
    other = hotel()
    yesterday = house.first - timedelta(days=8)

    def refused(status: int, code: str, **more: Any) -> dict[str, Any]:
        return problem(api.post(f"{V1}quotes/", stay_body(house, **more)), status, code)

    nights = [night.isoformat() for night in house.stay().dates()]
    assert refused(409, "sold_out", rooms=3, adults=3)["data"]["nights"] == nights
    refused(404, "unknown_room_type", room_type=2**62)
    refused(422, "unknown_rate_plan", rate_plan=other.plan.pk)
    refused(409, "in_the_past", arrival=str(yesterday))
    refused(409, "too_many_guests", children_ages=[3, 4])
    assert fields(refused(422, "invalid_stay", departure=stay_body(house)["arrival"])) == ["departure"]
    assert fields(refused(422, "party_invalid", adults=1, rooms=2)) == ["adults"]
    assert fields(refused(400, "validation_failed", total="1.00")) == ["total"]
    assert fields(refused(400, "validation_failed", departure="2031-01-01")) == ["departure"]
