"""How every kind of message looks, with samples instead of guests: for developers, and for staff."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from .attachments import message_attachment
from .choices import can_unsubscribe
from .models import Notification
from .rendering import RenderedMail, notification_render, notification_sms, notification_subject
from .samples import SITE, sample_notification
from .services import language_supported
from .types import MESSAGE_TYPES

UNSUBSCRIBE = f"{SITE}/unsubscribe/sample/"


def preview_list(request: HttpRequest) -> dict[str, Any]:
    """Every kind of message with its subject, in the language that is asked for. No query."""
    language = _language(request)
    samples = [(kind, sample_notification(key, language)) for key, kind in MESSAGE_TYPES.items()]
    return {
        "previews": [(kind, notification_subject(sample)) for kind, sample in samples],
        "language": language,
        "languages": settings.LANGUAGES,
    }


def preview_detail(request: HttpRequest, type_key: str, *, frame: str) -> dict[str, Any]:
    """One kind of message side by side; ``frame`` names the view of its HTML. No query. Raises `Http404`."""
    sample = _sample(type_key, _language(request))
    kind = MESSAGE_TYPES[type_key]
    address = reverse(frame, args=[type_key])
    return {
        "kind": kind,
        "mail": _render(sample),
        "sms": notification_sms(sample) if kind.has_sms else "",
        "frame": address,
        "has_receipt": message_attachment(sample) is not None,
        "language": sample.language,
        "languages": settings.LANGUAGES,
    }


def preview_html(request: HttpRequest, type_key: str) -> str:
    """The HTML part. No query. Raises `Http404`."""
    return _render(_sample(type_key, _language(request))).html


def preview_receipt(request: HttpRequest, type_key: str) -> HttpResponse:
    """The document that would be attached. No query. Raises `Http404`."""
    sample = _sample(type_key, _language(request))
    attachment = message_attachment(sample)
    if attachment is None:
        raise Http404
    return HttpResponse(attachment.content, content_type=attachment.mime_type)


def _render(sample: Notification) -> RenderedMail:
    link = UNSUBSCRIBE if can_unsubscribe(MESSAGE_TYPES[sample.type].category) else ""
    return notification_render(sample, unsubscribe_url=link)


def _sample(type_key: str, language: str) -> Notification:
    if type_key not in MESSAGE_TYPES:
        raise Http404
    return sample_notification(type_key, language)


def _language(request: HttpRequest) -> str:
    return language_supported(request.GET.get("language", request.LANGUAGE_CODE))
