"""From a row of the outbox to a message as it is read: in its language, under the name of its house."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from css_inline import CSSInliner
from django.conf import settings
from django.template import Context
from django.template.backends.django import Template
from django.template.loader import get_template
from django.utils.translation import override

from .branding import Brand, brand_of
from .letters import LETTERS, letter_write
from .models import Notification
from .types import GENERIC, PROMOTION

LETTER_TEMPLATE = "account"
SHARED_TEMPLATES = {PROMOTION: GENERIC}
"""Messages that look like another one."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """What is sent: a subject in one line, the text, and the same as HTML."""

    subject: str
    text: str
    html: str


def notification_render(notification: Notification, *, unsubscribe_url: str = "") -> RenderedMail:
    """Render a message in its own language. No query: the context says everything.

    Styles stand at their elements, because mail programs drop style sheets; only what depends on the screen (dark,
    narrow) stays in one. Raises `TemplateDoesNotExist` for a type without templates.
    """
    with override(notification.language):
        name, context = _template(notification)
        context["unsubscribe_url"] = unsubscribe_url
        subject = _subject(name, context)
        text = _text(f"emails/{name}.txt", context)
        html = get_template(f"emails/{name}.html").render(context | {"subject": subject})
    inlined = _inliner(context["brand"]).inline(html)
    return RenderedMail(subject=subject, text=_blank_lines_joined(text), html=inlined)


def notification_subject(notification: Notification) -> str:
    """Render only the subject. No query."""
    with override(notification.language):
        return _subject(*_template(notification))


def notification_text(notification: Notification) -> str:
    """Render the text as the inbox shows it: without the foot of a mail. No query."""
    with override(notification.language):
        name, context = _template(notification)
        return _blank_lines_joined(_text(f"emails/{name}.txt", context | {"is_inbox": True}))


def notification_sms(notification: Notification) -> str:
    """Render the short text, in one line. No query. Raises `TemplateDoesNotExist` for a type that has none."""
    with override(notification.language):
        name, context = _template(notification)
        return " ".join(_text(f"emails/{name}.sms.txt", context).split())


def _template(notification: Notification) -> tuple[str, dict[str, Any]]:
    """Give the name of the templates and what they may use, in the active language."""
    house = notification.context.get("property") or {}
    context: dict[str, Any] = {
        **notification.context,
        "site_name": settings.SITE_NAME,
        "recipient": notification.recipient,
        "brand": brand_of(house.get("brand_color", "")),
        "time_zone": house.get("time_zone", settings.TIME_ZONE),
    }
    if notification.type not in LETTERS:
        return SHARED_TEMPLATES.get(notification.type, notification.type), context
    letter = letter_write(type=notification.type, context=notification.context, site=settings.SITE_NAME)
    return LETTER_TEMPLATE, context | {"letter": letter}


@lru_cache(maxsize=64)
def _inliner(brand: Brand) -> CSSInliner:
    """The style sheet in a house's colours, ready to be written into letters."""
    css = _text("emails/style.css", {"brand": brand})
    return CSSInliner(extra_css=css, keep_style_tags=True, load_remote_stylesheets=False)


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
