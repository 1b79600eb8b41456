from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from core.api.pagination import LongListPagination
from core.models import IdempotencyKey

pytestmark = [pytest.mark.urls("tests.core.urls")]


@pytest.mark.parametrize(
    ("query", "first", "length"),
    [
        ("", 0, 20),
        ("?page=2", 20, 20),
        ("?page=13", 240, 10),
        ("?page_size=50", 0, 50),
        ("?page_size=100000", 0, 100),
        ("?page=3&page_size=100", 200, 50),
    ],
)
def test_a_page_has_its_rows(api: APIClient, query: str, first: int, length: int) -> None:
    document = api.get(f"/api/v1/numbers{query}").json()

    assert document["count"] == 250
    assert document["results"] == list(range(first, first + length))


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=-1", "page=1.5", "page=", "page_size=0", "page_size=x"]
)
def test_nonsense_is_refused_by_name(api: APIClient, query: str) -> None:
    response = api.get(f"/api/v1/numbers?{query}")

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [query.partition("=")[0]]


def test_there_is_no_page_behind_the_last(api: APIClient) -> None:
    assert api.get("/api/v1/numbers?page=14").status_code == 404
    assert api.get("/api/v1/numbers?page=999999999").status_code == 404


def test_links_lead_from_page_to_page(api: APIClient) -> None:
    document = api.get("/api/v1/numbers?page=2&page_size=100").json()

    assert document["next"].endswith("/api/v1/numbers?page=3&page_size=100")
    assert document["previous"].endswith("/api/v1/numbers?page_size=100")


# --- by cursor ----------------------------------------------------------------------------------------------------

NOON = datetime(2026, 11, 21, 12, 0, 0, 123457, tzinfo=UTC)


def keys_make(number: int, *, at: datetime, name: str) -> None:
    IdempotencyKey.objects.bulk_create(
        IdempotencyKey(
            principal=name,
            key=f"{name}-{position}",
            request_hash="",
            lock_token="",
            locked_at=at,
            expires_at=at,
        )
        for position in range(number)
    )


def by_cursor(cursor: str, *, order: tuple[str, ...] = ("-locked_at", "-pk"), size: int = 4) -> Any:
    """A page's keys, and the cursor of the next."""
    request = Request(APIRequestFactory().get("/keys", {"cursor": cursor, "page_size": size}))
    paginator = LongListPagination()
    rows = paginator.paginate_queryset(IdempotencyKey.objects.order_by(*order), request)
    document = paginator.get_paginated_response([row.key for row in rows]).data
    assert (document["count"], document["previous"]) == (None, None)
    following = document["next"] and parse_qs(urlsplit(document["next"]).query)["cursor"][0]
    return document["results"], following


@pytest.mark.django_db
@pytest.mark.parametrize(
    "order",
    [("-locked_at", "-pk"), ("locked_at", "pk"), ("-pk",), ("-locked_at", "pk"), ("principal", "-pk")],
)
def test_a_cursor_meets_every_row_once_in_one_query_a_page(order: tuple[str, ...]) -> None:
    keys_make(6, at=NOON, name="same")  # more of one instant than fit on a page
    keys_make(1, at=NOON + timedelta(microseconds=1), name="later")
    keys_make(4, at=NOON - timedelta(days=1), name="earlier")
    expected = list(IdempotencyKey.objects.order_by(*order).values_list("key", flat=True))

    met, cursor, pages = [], "", 0
    while cursor is not None:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            keys, cursor = by_cursor(cursor, order=order)
        assert len(queries) == 1
        assert "OFFSET" not in queries[0]["sql"]
        met += keys
        pages += 1

    assert met == expected
    assert pages == 3


@pytest.mark.django_db
def test_rows_that_come_and_go_neither_repeat_nor_hide_others() -> None:
    keys_make(8, at=NOON, name="old")
    first, cursor = by_cursor("")
    keys_make(3, at=NOON + timedelta(hours=1), name="new")
    IdempotencyKey.objects.filter(key=first[-1]).delete()  # the very row the cursor was made of

    second, end = by_cursor(cursor)

    assert first + second == [f"old-{position}" for position in reversed(range(8))]
    assert end is None


@pytest.mark.django_db
def test_only_a_cursor_of_this_list_is_taken() -> None:
    keys_make(6, at=NOON, name="some")
    _, ours = by_cursor("")
    _, other = by_cursor("", order=("locked_at", "pk"))

    for cursor in ("x", "!!!", "ä", "bnVsbA", "WzEsMiwzXQ", ours[:-4], ours + "AAAA", other, "A" * 500):
        with pytest.raises(ValidationError):
            by_cursor(cursor)


@pytest.mark.django_db
def test_a_list_without_a_unique_order_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="ends with the key"):
        by_cursor("", order=("-locked_at",))
    with pytest.raises(ValueError, match="ends with the key"):
        by_cursor("", order=())


@pytest.mark.django_db
def test_numbered_pages_stay() -> None:
    keys_make(6, at=NOON, name="some")
    paginator = LongListPagination()
    request = Request(APIRequestFactory().get("/keys", {"page": 2, "page_size": 4}))

    rows = paginator.paginate_queryset(IdempotencyKey.objects.order_by("pk"), request)

    document = paginator.get_paginated_response(rows).data
    assert (document["count"], len(document["results"])) == (6, 2)
