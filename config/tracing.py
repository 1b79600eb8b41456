"""Traces for OpenTelemetry: a span for each request, task and scheduled job, and below it one for each query.

Switched on by `OTEL_EXPORTER_OTLP_ENDPOINT`; the packages are the optional extra `tracing`. Queries appear by their
shape, and addresses without what could open a booking: no value of a query, no body and no header leaves the server.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from core.observability.masking import mask_text
from core.observability.shapes import shape_of

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
SERVICE = "vacancy"
REQUEST_ID = "vacancy.request_id"
ADDRESSES = ("http.url", "http.target", "url.full", "url.path", "url.query")

_provider: Any = None


def tracing_start() -> bool:
    """Begin to send traces if an address for them is set; whether it is. Once in each process that works.

    Raises `ImproperlyConfigured` when it is set and the packages are not installed.
    """
    if not os.environ.get(ENDPOINT):
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise ImproperlyConfigured(
            f"{ENDPOINT} is set, but {error.name} is not installed: install requirements/tracing.txt, or unset it."
        ) from error
    tracing_install(BatchSpanProcessor(OTLPSpanExporter()))
    return True


def tracing_install(processor: Any) -> Any:
    """Trace this process's requests, tasks, queries and outgoing cache commands into ``processor``; the provider."""
    from opentelemetry.instrumentation.celery import CeleryInstrumentor  # noqa: PLC0415
    from opentelemetry.instrumentation.django import DjangoInstrumentor  # noqa: PLC0415
    from opentelemetry.instrumentation.redis import RedisInstrumentor  # noqa: PLC0415
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415

    global _provider
    name = os.environ.get("OTEL_SERVICE_NAME", SERVICE)
    _provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
    _provider.add_span_processor(_masking(processor))
    DjangoInstrumentor().instrument(
        tracer_provider=_provider, request_hook=_request_hook, response_hook=_response_hook
    )
    CeleryInstrumentor().instrument(tracer_provider=_provider)
    RedisInstrumentor().instrument(tracer_provider=_provider)
    connection_created.connect(_queries_trace, dispatch_uid="config.tracing")
    return _provider


def tracing_stop() -> None:
    """Trace no more; what was not sent is."""
    from opentelemetry.instrumentation.celery import CeleryInstrumentor  # noqa: PLC0415
    from opentelemetry.instrumentation.django import DjangoInstrumentor  # noqa: PLC0415
    from opentelemetry.instrumentation.redis import RedisInstrumentor  # noqa: PLC0415

    global _provider
    for instrumentor in (DjangoInstrumentor(), CeleryInstrumentor(), RedisInstrumentor()):
        instrumentor.uninstrument()
    connection_created.disconnect(dispatch_uid="config.tracing")
    if _provider is not None:
        _provider.shutdown()
    _provider = None


def query_trace(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any], /
) -> Any:
    """Execute-wrapper: a span for the query, within that of a request or a task, by its shape."""
    from opentelemetry.trace import SpanKind, Status, StatusCode, get_current_span  # noqa: PLC0415

    if _provider is None or not get_current_span().is_recording():
        return execute(sql, params, many, context)
    connection: BaseDatabaseWrapper = context["connection"]
    text = shape_of(sql if isinstance(sql, str) else sql.as_string(connection.connection)).text
    operation = text.partition(" ")[0].upper() or "QUERY"
    attributes = {
        "db.system.name": "postgresql",
        "db.namespace": str(connection.settings_dict["NAME"]),
        "db.operation.name": operation,
        "db.query.text": text,
        **_request_id(),
    }
    tracer = _provider.get_tracer(__name__)
    with tracer.start_as_current_span(
        operation, kind=SpanKind.CLIENT, attributes=attributes, record_exception=False,
        set_status_on_exception=False,
    ) as span:  # fmt: skip
        try:
            return execute(sql, params, many, context)
        except Exception as error:
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))  # its message may hold values
            raise


def _queries_trace(*, connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if query_trace not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, query_trace)


def _request_id() -> dict[str, str]:
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    return {REQUEST_ID: str(request_id)} if request_id else {}


def _request_hook(span: Any, request: Any) -> None:
    del request
    if span.is_recording():
        for name in ADDRESSES:
            address = span.attributes.get(name)
            if address:
                span.set_attribute(name, mask_text(str(address)))


def _response_hook(span: Any, request: Any, response: Any) -> None:
    del response
    request_id = getattr(request, "request_id", None)
    if span.is_recording() and request_id:
        span.set_attribute(REQUEST_ID, request_id)


def _masking(processor: Any) -> Any:
    """The processor, given spans whose exceptions say nothing but their type: messages may hold personal data."""
    from opentelemetry.sdk.trace import Event, ReadableSpan, SpanProcessor  # noqa: PLC0415

    class Masking(SpanProcessor):
        def on_start(self, span: Any, parent_context: Any = None) -> None:
            processor.on_start(span, parent_context)

        def on_end(self, span: ReadableSpan) -> None:
            if span.events or span.status.description:
                span._events = [
                    Event(
                        event.name,
                        {"exception.type": str((event.attributes or {}).get("exception.type", ""))},
                        event.timestamp,
                    )
                    for event in span.events
                ]
                span._status = type(span.status)(span.status.status_code)
            processor.on_end(span)

        def shutdown(self) -> None:
            processor.shutdown()

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            return bool(processor.force_flush(timeout_millis))

    return Masking()
