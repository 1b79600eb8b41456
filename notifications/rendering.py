"""From a row of the outbox to a message as it is read: in its language, under the name of its house."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.backends.django import Template
from django.template.loader import get_template
from django.utils.translation import override

from .letters import LETTERS, letter_write
from .models import Notification

ACCOUNT_TEMPLATE = "account"


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """What is sent: a subject in one line, the text, and the same as HTML."""

    subject: str
    text: str
    html: str


def notification_render(notification: Notification) -> RenderedMail:
    """Render a message in its own language. No query: the context says everything.

    Raises `TemplateDoesNotExist` for a type without templates.
    """
    with override(notification.language):
        name, context = _template(notification)
        subject = _subject(name, context)
        text = _text(f"emails/{name}.txt", context)
        html = get_template(f"emails/{name}.html").render(context | {"subject": subject})
    return RenderedMail(subject=subject, text=_blank_lines_joined(text), html=html)


def notification_subject(notification: Notification) -> str:
    """Render only the subject. No query."""
    with override(notification.language):
        return _subject(*_template(notification))


def message_headers(notification: Notification) -> dict[str, str]:
    """Return the headers that are known before sending.

    The message's id follows from what it tells of, so a message sent twice is one in the mailbox it reaches.
    """
    digest = hashlib.sha256(notification.dedup_key.encode()).hexdigest()[:32]
    house = notification.context.get("property", {})
    headers = {
        "To": notification.recipient,
        "Reply-To": house.get("email", ""),
        "Subject": notification_subject(notification),
        "Message-ID": f"<{digest}@vacancy>",
        "Content-Language": notification.language,
    }
    return {name: value for name, value in headers.items() if value}


def _template(notification: Notification) -> tuple[str, dict[str, Any]]:
    """Give the name of the templates and what they may use, in the active language."""
    context: dict[str, Any] = {
        **notification.context,
        "site_name": settings.SITE_NAME,
        "recipient": notification.recipient,
    }
    if notification.type not in LETTERS:
        return notification.type, context
    letter = letter_write(type=notification.type, context=notification.context, site=settings.SITE_NAME)
    return ACCOUNT_TEMPLATE, context | {"letter": letter}


def _subject(name: str, context: dict[str, Any]) -> str:
    """Render the subject in one line, whatever the names in it bring along."""
    return " ".join(_text(f"emails/{name}.subject.txt", context).split())


def _text(template_name: str, context: dict[str, Any]) -> str:
    """Render plain text: nothing is escaped, because nothing is markup."""
    template = get_template(template_name)
    if not isinstance(template, Template):
        raise TypeError("messages are Django templates")
    return template.template.render(Context(context, autoescape=False))


def _blank_lines_joined(text: str) -> str:
    """Leave one empty line where tags have left several."""
    lines: list[str] = []
    for line in (line.rstrip() for line in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"
