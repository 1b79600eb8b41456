"""Traces: a request with its queries, its id, and nothing that could be a secret."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from config import tracing

pytestmark = [pytest.mark.urls("tests.core.urls"), pytest.mark.django_db]


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.tracing_install(SimpleSpanProcessor(exporter))
    tracing._queries_trace(connection=connection)
    yield exporter
    connection.execute_wrappers.remove(tracing.query_trace)
    tracing.tracing_stop()


def test_a_request_and_its_queries(spans: InMemorySpanExporter) -> None:
    Client().get("/repeats?token=secret-token-1", headers={"X-Request-ID": "load-test.0042"})

    finished = spans.get_finished_spans()
    (request,) = [span for span in finished if span.kind is SpanKind.SERVER]
    queries = [span for span in finished if (span.attributes or {}).get("db.system.name")]
    assert request.attributes is not None
    assert request.attributes["vacancy.request_id"] == "load-test.0042"
    assert request.attributes["http.route"] == "repeats"
    assert len(queries) == 10
    for query in queries:
        assert query.attributes is not None
        assert query.parent is not None
        assert query.parent.span_id == request.context.span_id
        assert query.attributes["vacancy.request_id"] == "load-test.0042"
        assert '"core_scheduledjob"."name" = ?' in str(query.attributes["db.query.text"])
    told = " ".join(span.to_json() for span in finished)
    assert "secret-token-1" not in told


def test_an_error_is_told_by_its_type_alone(spans: InMemorySpanExporter) -> None:
    Client(raise_request_exception=False).get("/api/v1/broken")

    (request,) = [span for span in spans.get_finished_spans() if span.kind is SpanKind.SERVER]
    assert request.status.status_code is StatusCode.ERROR
    assert [(event.attributes or {})["exception.type"] for event in request.events] == ["RuntimeError"]
    assert "secret inner workings" not in request.to_json()


def test_queries_outside_of_requests_have_no_spans(spans: InMemorySpanExporter) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    assert spans.get_finished_spans() == ()


def test_nothing_is_traced_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)

    assert tracing.tracing_start() is False
    assert tracing._provider is None


def test_without_the_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.startswith("opentelemetry"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real_import(name, *arguments, **options)

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImproperlyConfigured, match=r"install requirements/tracing\.txt"):
        tracing.tracing_start()
