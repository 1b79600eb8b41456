"""Who watches the processes need not know the site's name; everybody else must."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory, override_settings

from core.requests import Utf8Handler


def status(path: str, host: str) -> str:
    environ: dict[str, Any] = RequestFactory().get(path).environ | {"HTTP_HOST": host}
    said: list[str] = []
    answer = Utf8Handler()(environ, lambda code, _headers: said.append(code))
    if hasattr(answer, "close"):
        answer.close()
    return said[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("allowed", [["hotel.example"], [".hotel.example"], ["*"]])
def test_probes_are_answered_by_any_name(allowed: list[str]) -> None:
    with override_settings(ALLOWED_HOSTS=allowed):
        assert status("/livez", "10.1.2.3:8000") == "200 OK"
        assert status("/readyz", "10.1.2.3:8000") == "200 OK"
        assert status("/readyz", "10.1.2.3:8000") == "200 OK"
        assert status("/metrics", "10.1.2.3:8000") == "200 OK"


@pytest.mark.django_db(transaction=True)
def test_pages_are_not() -> None:
    with override_settings(ALLOWED_HOSTS=["hotel.example"]):
        assert status("/", "10.1.2.3:8000") == "400 Bad Request"
        assert status("/", "hotel.example") == "200 OK"
