"""Log lines: JSON in production, readable in development, with the request's id and without personal data."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

MASK = "[masked]"
SECRET_NAME = re.compile(
    r"pass(word|wd)|secret|token|authori[sz]ation|cookie|session_?key|api_?key|csrf|e?mail|phone|guest_name|card",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
CREDENTIAL = re.compile(r"\b(Bearer|Token|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
QUERY_SECRET = re.compile(
    r"(?<=[?&])([^=&\s]*(?:token|email|key|code|password|secret|signature)[^=&\s]*)=[^&\s]*", re.IGNORECASE
)
PAYMENT_SECRET = re.compile(r"\b(?:(?:pi|seti|cs)_\w+_secret_\w+|(?:sk|rk)_(?:live|test)_\w+|whsec_[\w+/=]+)")
CARD_NUMBER = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)")
PATH_SECRET = re.compile(r"(?<=/)[A-Za-z0-9_-]{24,}(?=[/?\s]|$)")

UNTOUCHED_NAMES = frozenset({"level", "logger", "timestamp", "request_id"})


def mask_text(text: str) -> str:
    """The text without e-mail addresses, credentials, and secrets in addresses of pages."""
    text = EMAIL.sub(MASK, text) if "@" in text else text
    text = CREDENTIAL.sub(rf"\1 {MASK}", text)
    text = QUERY_SECRET.sub(rf"\1={MASK}", text)
    text = PAYMENT_SECRET.sub(MASK, text)
    text = CARD_NUMBER.sub(_card_masked, text)
    return PATH_SECRET.sub(MASK, text)


def _card_masked(found: re.Match[str]) -> str:
    """Mask a card number; other long numbers, whose last digit does not fit (Luhn), stay."""
    digits = [int(digit) for digit in found.group() if digit.isdigit()][::-1]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return MASK if (sum(digits[::2]) + sum(doubled)) % 10 == 0 else found.group()


def mask_personal_data(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Log processor: mask what names or values give away about people and their keys."""
    for name, value in event.items():
        if name not in UNTOUCHED_NAMES:
            event[name] = _masked(name, value)
    return event


def _masked(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return MASK if value and name != "event" and SECRET_NAME.search(name) else mask_text(value)
    if isinstance(value, Mapping):
        return {key: _masked(str(key), inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(name, inner) for inner in value]
    return value


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
    formatter_processors: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if json:
        formatter_processors += [
            structlog.processors.format_exc_info,
            mask_personal_data,
            structlog.processors.JSONRenderer(default=str),
        ]
    else:
        formatter_processors += [mask_personal_data, structlog.dev.ConsoleRenderer()]
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
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # Their SDK writes what it sends and gets at the lower levels, client secrets included.
            "stripe": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # The request's own failure line (request_failed, with the trace) is enough.
            "django.request": {"handlers": [], "level": "CRITICAL", "propagate": True},
        },
    }


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
