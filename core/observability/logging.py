"""Log lines: JSON in production, readable in development, with the request's id and without personal data."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import structlog

from core.observability.masking import mask_text, mask_value

UNTOUCHED_NAMES = frozenset({"level", "logger", "timestamp", "request_id"})


def mask_personal_data(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Log processor: mask what names or values give away about people and their keys. Values become plain JSON."""
    for name, value in event.items():
        if name not in UNTOUCHED_NAMES:
            event[name] = mask_text(str(value)) if name == "event" else mask_value(name, value)
    return event


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def logging_config(*, json: bool, level: str = "INFO") -> dict[str, Any]:
    """The `LOGGING` setting: everything, ours and the libraries', through one formatter to standard error."""
    renderer: Any = (
        structlog.processors.JSONRenderer(default=str)
        if json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    formatter_processors: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,  # before the masking, which reads what a trace says
        mask_personal_data,
        renderer,
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*SHARED_PROCESSORS, structlog.stdlib.ExtraAdder()],
                "processors": formatter_processors,
            }
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "structured"},
            "tracker": {"class": "core.observability.errors.ErrorLines", "level": "ERROR"},
        },
        "root": {"handlers": ["stderr", "tracker"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # Their SDK writes what it sends and gets at the lower levels, client secrets included.
            "stripe": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # At DEBUG they write the whole context of a template, guests included, and every value of a query.
            "django.template": {"handlers": [], "level": _at_least_info(level), "propagate": True},
            "django.db.backends": {"handlers": [], "level": _at_least_info(level), "propagate": True},
            # The request's own failure line (request_failed, with the trace) is enough.
            "django.request": {"handlers": [], "level": "CRITICAL", "propagate": True},
        },
    }


def _at_least_info(level: str) -> str:
    return "INFO" if level.upper() == "DEBUG" else level


def structlog_configure() -> None:
    """Send structlog's lines through the standard library's logging. Called once, by the settings."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
