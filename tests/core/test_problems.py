import json
import logging
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from django.test import Client
from psycopg import errors as pg_errors
from rest_framework.test import APIClient

from core import exceptions
from core.api.problems import problem_from
from core.exceptions import Conflict, DomainError, register_constraint, translate_integrity_errors

pytestmark = [pytest.mark.urls("tests.core.urls")]

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "errors", "timestamp", "request_id"}


def problem(response: Any) -> dict[str, Any]:
    """The problem document of a response, after a look at what every one must have."""
    assert response["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(response.content)
    assert set(document) - {"data"} == MEMBERS
    assert document["status"] == response.status_code
    assert document["type"] == f"urn:vacancy:problem:{document['code']}"
    assert document["request_id"] == response["X-Request-ID"]
    assert datetime.fromisoformat(document["timestamp"]).tzinfo is not None
    assert "secret inner workings" not in response.content.decode()
    assert "Traceback" not in response.content.decode()
    return document


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("domain", 409, "sold_out"),
        ("busy", 503, "busy"),
        ("unprocessable", 422, "invalid"),
        ("missing", 404, "not_found"),
        ("denied", 403, "permission_denied"),
        ("model", 422, "invalid"),
        ("defect", 500, "internal_error"),
    ],
)
def test_every_error_is_a_problem(api: APIClient, name: str, status: int, code: str) -> None:
    response = api.get(f"/api/v1/errors/{name}")

    document = problem(response)
    assert (response.status_code, document["code"]) == (status, code)
    assert document["instance"] == f"/api/v1/errors/{name}"


def test_a_domain_error_carries_its_data_and_field(api: APIClient) -> None:
    document = problem(api.get("/api/v1/errors/domain"))

    assert document["detail"] == "No room is left on 2026-11-21."
    assert document["data"] == {"night": "2026-11-21"}
    assert document["errors"] == [
        {"field": "arrival", "code": "sold_out", "message": "No room is left on 2026-11-21."}
    ]


def test_who_should_come_back_is_told_when(api: APIClient) -> None:
    assert api.get("/api/v1/errors/busy")["Retry-After"] == "1"


def test_a_models_complaint_names_its_field(api: APIClient) -> None:
    assert problem(api.get("/api/v1/errors/model"))["errors"] == [
        {"field": "name", "code": "max_length", "message": "Too long."}
    ]


def test_wrong_input_is_listed_by_field(api: APIClient) -> None:
    response = api.post("/api/v1/echo", {"amount": "x", "guests": [1, -1]}, format="json")

    document = problem(response)
    assert (response.status_code, document["code"]) == (400, "validation_failed")
    assert [(error["field"], error["code"]) for error in document["errors"]] == [
        ("amount", "invalid"),
        ("guests.1", "min_value"),
    ]


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        ('{"amount": ', "application/json", 400, "parse_error"),
        ("[]", "application/json", 400, "validation_failed"),
        ("amount=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    ],
)
def test_a_body_that_cannot_be_read(
    api: APIClient, content: str, content_type: str, status: int, code: str
) -> None:
    response = api.post("/api/v1/echo", content, content_type=content_type)

    assert (response.status_code, problem(response)["code"]) == (status, code)


def test_a_body_beyond_the_limit_is_too_large(api: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    body = json.dumps({"amount": "1.00", "guests": [1] * 1_000})
    response = api.post("/api/v1/echo", body, content_type="application/json")
    assert response.status_code == 413
    assert problem(response)["code"] == "body_too_large"


def test_a_wrong_method_is_told_the_right_ones(api: APIClient) -> None:
    response = api.delete("/api/v1/echo")

    assert problem(response)["code"] == "method_not_allowed"
    assert response["Allow"] == "POST, OPTIONS"


def test_a_wrong_method_outside_of_api_views_too(api: APIClient) -> None:
    response = api.post("/api/health")

    assert problem(response)["code"] == "method_not_allowed"
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_what_cannot_be_rendered_is_not_acceptable(api: APIClient) -> None:
    response = api.get("/api/v1/numbers", headers={"Accept": "text/csv"})

    assert (response.status_code, problem(response)["code"]) == (406, "not_acceptable")


@pytest.mark.django_db
def test_who_is_not_logged_in_is_told_how(api: APIClient) -> None:
    nobody = api.get("/api/v1/private")
    wrong = api.get("/api/v1/private", headers={"Authorization": "Token 0123456789"})

    assert (nobody.status_code, problem(nobody)["code"]) == (401, "not_authenticated")
    assert (wrong.status_code, problem(wrong)["code"]) == (401, "authentication_failed")
    assert nobody["WWW-Authenticate"] == "Token"


def test_an_unknown_address_and_a_broken_view_below_the_api_are_problems() -> None:
    client = Client(raise_request_exception=False)

    assert problem(client.get("/api/v1/nowhere"))["code"] == "not_found"
    assert problem(client.get("/api/v1/broken"))["code"] == "internal_error"


def test_pages_keep_their_error_pages(settings: Any) -> None:
    loader = (
        "django.template.loaders.locmem.Loader",
        {"404.html": "no such page", "500.html": "broken page"},
    )
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"loaders": [loader]}}
    ]
    client = Client(raise_request_exception=False)

    assert client.get("/nowhere").content == b"no such page"
    assert client.get("/broken").content == b"broken page"


@pytest.mark.django_db
def test_a_session_without_csrf_token_gets_a_problem(django_user_model: Any) -> None:
    api = APIClient(enforce_csrf_checks=True)
    api.force_login(django_user_model.objects.create(email="guest@example.com"))

    response = api.post("/api/v1/echo", {"amount": "1"}, format="json")

    assert (response.status_code, problem(response)["code"]) == (403, "permission_denied")


def test_a_defect_is_logged_with_its_trace_and_the_request_id(
    api: APIClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        response = api.get("/api/v1/errors/defect")

    failures = [record.msg for record in caplog.records if record.msg["event"] == "request_failed"]
    assert [failure["request_id"] for failure in failures] == [response["X-Request-ID"]]


# --- what the database says ---------------------------------------------------------------------------------------


class TooFewRooms(Conflict):
    code = "too_few_rooms"


class WithDiag:
    def __init__(self, constraint_name: str | None) -> None:
        self.constraint_name = constraint_name


def refused_by(monkeypatch: pytest.MonkeyPatch, constraint: str) -> IntegrityError:
    cause = pg_errors.CheckViolation("new row violates check constraint")
    monkeypatch.setattr(pg_errors.CheckViolation, "diag", WithDiag(constraint))
    error = IntegrityError("new row violates check constraint")
    error.__cause__ = cause
    return error


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exceptions, "_errors_by_constraint", {})
    register_constraint("inventory_available_not_negative", TooFewRooms)


@pytest.mark.usefixtures("registered")
def test_a_registered_constraint_becomes_its_domain_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooFewRooms), translate_integrity_errors():
        raise refused_by(monkeypatch, "inventory_available_not_negative")


@pytest.mark.usefixtures("registered")
def test_an_unregistered_constraint_stays_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(IntegrityError), translate_integrity_errors():
        raise refused_by(monkeypatch, "another")


@pytest.mark.usefixtures("registered")
def test_a_constraint_means_one_error() -> None:
    register_constraint("inventory_available_not_negative", TooFewRooms)
    with pytest.raises(ValueError, match="already registered"):
        register_constraint("inventory_available_not_negative", Conflict)


@pytest.mark.parametrize(
    "cause", [pg_errors.LockNotAvailable, pg_errors.DeadlockDetected, pg_errors.QueryCanceled]
)
def test_a_lock_that_cannot_be_had_means_busy(cause: type[Exception]) -> None:
    error = OperationalError("no lock")
    error.__cause__ = cause("no lock")

    with pytest.raises(DomainError) as caught, translate_integrity_errors():
        raise error

    assert (caught.value.code, caught.value.http_status, caught.value.retry_after) == ("busy", 503, 1)
    found = problem_from(error)
    assert found is not None
    assert (found.status, found.code, found.headers) == (503, "busy", {"Retry-After": "1"})


def test_a_database_that_is_away_means_unavailable() -> None:
    found = problem_from(OperationalError("connection refused"))

    assert found is not None
    assert (found.status, found.code, found.headers) == (503, "database_unavailable", {"Retry-After": "5"})
