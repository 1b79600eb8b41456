"""Error reports: to a tracker that speaks Sentry's protocol, if one is named, and never with anybody's data.

What is reported: exceptions that a request, task or command did not handle, and every log line of level error and
above, with the release, the environment and the id of the request. What never is: bodies, cookies, headers, local
variables, values of queries; and all that is left goes through the same masking as the log.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import sentry_sdk
import structlog
from django.conf import settings
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from core.observability.masking import mask_text, mask_value
from core.observability.shapes import sql_shape

IGNORED_LOGGERS = frozenset({"django.security.DisallowedHost", "sentry_sdk.errors", "celery.app.trace"})
"""Strangers who guess host names; the tracker's own; and what Celery's integration reports itself."""
KEPT_AS_THEY_ARE = frozenset(
    {"event_id", "timestamp", "start_timestamp", "platform", "level", "sdk", "modules", "release", "environment",
     "abs_path", "filename", "module", "function", "lineno", "in_app", "trace_id", "span_id", "parent_span_id"}
)  # fmt: skip
"""What describes code and programs, and the ids by which reports are joined."""
KEPT_OF_REQUESTS = ("method", "url", "query_string")
CONTEXT_TAGS = ("request_id", "job", "effect", "effect_kind")


def errors_start() -> bool:
    """Begin to report errors if there is somebody to report to; whether there is. Once in each process."""
    if not settings.SENTRY_DSN:
        return False
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        release=settings.RELEASE or None,
        environment=settings.SENTRY_ENVIRONMENT,
        integrations=[
            DjangoIntegration(),
            CeleryIntegration(monitor_beat_tasks=False),
            LoggingIntegration(level=None, event_level=None),
        ],
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        auto_session_tracking=False,
        send_client_reports=False,
        trace_propagation_targets=[],  # calls to others carry our id, and no header of the tracker's
        before_send=report_prepare,
        before_breadcrumb=breadcrumb_prepare,
    )
    return True


class ErrorLines(logging.Handler):
    """Reports log lines of level error: by their name, with their values and the exception they tell of.

    It stands in the `LOGGING` setting and does nothing while nobody is reported to.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Report one line; an exception that was reported already is not reported again."""
        if record.name in IGNORED_LOGGERS or not sentry_sdk.get_client().is_active():
            return
        told: dict[str, Any] = (
            dict(record.msg) if isinstance(record.msg, dict) else {"event": record.getMessage()}
        )
        error = _exception(told.pop("exc_info", None) or record.exc_info)
        event = str(told.pop("event", ""))
        with sentry_sdk.new_scope() as scope:
            scope.set_context("line", {"event": event, **{name: str(value) for name, value in told.items()}})
            scope.set_tag("line", event[:200])
            if error is not None:
                sentry_sdk.capture_exception(error)
            else:
                sentry_sdk.capture_message(
                    event, level="fatal" if record.levelno > logging.ERROR else "error"
                )


def report_prepare(event: Any, _hint: Any) -> Any:
    """Before a report is sent: leave out what it need not say, mask the rest, name the request."""
    request = event.get("request")
    if isinstance(request, dict):
        event["request"] = {name: request[name] for name in KEPT_OF_REQUESTS if request.get(name)}
        if query := event["request"].get("query_string"):
            event["request"]["query_string"] = mask_text(f"?{query}")[1:]
    user = event.pop("user", None)
    if isinstance(user, dict) and user.get("id"):
        event["user"] = {"id": str(user["id"])}
    event.pop("server_name", None)
    event.get("extra", {}).pop("sys.argv", None)
    context = structlog.contextvars.get_contextvars()
    tags = dict(event.get("tags") or {})
    event["tags"] = tags | {name: str(context[name]) for name in CONTEXT_TAGS if name in context}
    return {name: _masked(name, value) for name, value in event.items()}


def breadcrumb_prepare(crumb: Any, _hint: Any) -> Any:
    """What happened before an error, masked as it is remembered; of a query its shape, without values."""
    if crumb.get("category") == "query":
        crumb["message"] = sql_shape(str(crumb.get("message") or ""))
    return {name: _masked(name, value) for name, value in crumb.items()}


def _masked(name: str, value: Any) -> Any:
    """As the log's masking, but for what describes code."""
    if name in KEPT_AS_THEY_ARE:
        return value
    if isinstance(value, dict):
        return {key: _masked(str(key), inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(name, inner) for inner in value]
    return mask_value(name, value)


def _exception(told: Any) -> BaseException | None:
    """The exception that a line tells of: itself, a triple, or True for the one that is being handled."""
    if isinstance(told, BaseException):
        return told
    if isinstance(told, tuple):
        return told[1] if len(told) > 1 and isinstance(told[1], BaseException) else None
    return sys.exc_info()[1] if told else None
