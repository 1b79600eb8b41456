"""The mailbox of development: what the outbox holds, as its readers will see it."""

from __future__ import annotations

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.security.demo import demo_page

from .models import Notification
from .rendering import message_headers, notification_render, notification_subject
from .selectors import notification_get, notifications_latest

PAGE_SIZE = 25

MAIL_CSP = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "frame-ancestors": [SELF],
}
"""A mail brings its styles along and may load and run nothing."""


@require_safe
@never_cache
@demo_page
def mail_list(request: HttpRequest) -> HttpResponse:
    """List the messages, newest first. Two queries."""
    page = Paginator(notifications_latest(), PAGE_SIZE).get_page(request.GET.get("page"))
    mails = [(notification, notification_subject(notification)) for notification in page]
    return render(request, "notifications/mail_list.html", {"page": page, "mails": mails})


@require_safe
@never_cache
@demo_page
def mail_detail(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Show one message: headers, text, and a frame with the HTML."""
    notification = _notification(notification_id)
    context = {
        "notification": notification,
        "mail": notification_render(notification),
        "headers": message_headers(notification),
    }
    return render(request, "notifications/mail_detail.html", context)


@require_safe
@never_cache
@csp(MAIL_CSP)  # type: ignore[arg-type]  # its hints know only views without arguments
@demo_page
def mail_html(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Give the HTML part for the frame; its links leave the frame."""
    html = notification_render(_notification(notification_id)).html
    response = HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _notification(notification_id: int) -> Notification:
    try:
        return notification_get(notification_id=notification_id)
    except Notification.DoesNotExist:
        raise Http404 from None
