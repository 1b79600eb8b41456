from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from drf_spectacular.validation import validate_schema
from rest_framework import serializers
from rest_framework.test import APIClient

from core.api.fields import MoneyField, money_json

pytestmark = [pytest.mark.urls("tests.core.urls")]


@pytest.fixture
def schema(api: APIClient, settings: Any) -> dict[str, Any]:
    response = api.get("/api/schema", {"format": "json"})
    assert response.status_code == 200
    document: dict[str, Any] = response.json() if "json" in response["Content-Type"] else response.data
    return document


def test_the_description_is_valid(schema: dict[str, Any]) -> None:
    validate_schema(schema)


def test_operations_say_how_they_fail(schema: dict[str, Any]) -> None:
    def statuses(path: str, method: str) -> list[str]:
        return sorted(schema["paths"][path][method]["responses"])

    assert statuses("/api/v1/echo", "post") == ["200", "400", "401", "403", "409", "422", "429", "503"]
    assert statuses("/api/v1/numbers", "get") == ["200", "400", "401", "429", "503"]
    assert statuses("/api/v1/errors/{name}", "get") == ["200", "400", "401", "404", "429", "503"]
    assert statuses("/api/v1/private", "get") == ["200", "400", "401", "403", "429", "503"]


def test_every_failure_is_a_problem_with_an_example(schema: dict[str, Any]) -> None:
    responses = schema["paths"]["/api/v1/echo"]["post"]["responses"]

    for status in ("400", "409", "429", "503"):
        content = responses[status]["content"]
        assert list(content) == ["application/problem+json"]
        body = content["application/problem+json"]
        assert body["schema"] == {"$ref": "#/components/schemas/Problem"}
        (example,) = body["examples"].values()
        assert example["value"]["status"] == int(status)
    assert "Retry-After" in responses["429"]["headers"]
    members = schema["components"]["schemas"]["Problem"]["properties"]
    assert {"type", "title", "status", "detail", "instance", "code", "errors", "request_id"} <= set(members)


def test_the_key_is_a_required_header_where_it_is_needed(schema: dict[str, Any]) -> None:
    order = schema["paths"]["/api/v1/orders"]["post"]
    (header,) = order["parameters"]

    assert (header["name"], header["in"], header["required"]) == ("Idempotency-Key", "header", True)
    assert "Idempotent-Replayed" in order["responses"]["201"]["headers"]
    assert "parameters" not in schema["paths"]["/api/v1/echo"]["post"]


# --- money --------------------------------------------------------------------------------------------------------


class BillSerializer(serializers.Serializer):
    total = MoneyField()
    tax = MoneyField(source="taxes.city", currency_source="taxes.currency")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("123.4", "EUR", "123.40"),
        ("123.456", "KWD", "123.456"),
        ("1200", "JPY", "1200"),
        ("-0.5", "EUR", "-0.50"),
    ],
)
def test_money_has_the_digits_of_its_currency(amount: str, currency: str, text: str) -> None:
    assert money_json(Decimal(amount), currency) == {"amount": text, "currency": currency}


def test_an_amount_comes_with_the_currency_beside_it() -> None:
    bill = SimpleNamespace(
        total=Decimal("10.000"), currency="EUR", taxes=SimpleNamespace(city=None, currency="USD")
    )

    assert BillSerializer(bill).data == {"total": {"amount": "10.00", "currency": "EUR"}, "tax": None}
    bill.taxes.city = Decimal("2.5")
    assert BillSerializer(bill).data["tax"] == {"amount": "2.50", "currency": "USD"}
