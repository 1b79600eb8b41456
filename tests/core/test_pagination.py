import pytest
from rest_framework.test import APIClient

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
