"""The mailbox of development: what the outbox holds, as its readers will see it."""

from __future__ import annotations

from csp.decorators import csp
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.security.demo import demo_page
from notifications.attachments import message_attachment
from notifications.composing import message_headers
from notifications.models import Channel, Notification
from notifications.rendering import notification_render, notification_sms, notification_subject
from notifications.selectors import notification_get, notifications_latest
from notifications.services import unsubscribe_link

from .frames import MAIL_CSP, mail_frame

PAGE_SIZE = 25


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
    link = unsubscribe_link(notification)
    context = {
        "notification": notification,
        "mail": notification_render(notification, unsubscribe_url=link),
        "sms": notification_sms(notification) if notification.channel == Channel.SMS else "",
        "headers": message_headers(notification, unsubscribe_url=link),
    }
    return render(request, "notifications/mail_detail.html", context)


@require_safe
@never_cache
@csp(MAIL_CSP)  # type: ignore[arg-type]  # its hints know only views without arguments
@demo_page
def mail_html(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Give the HTML part for the frame; its links leave the frame."""
    notification = _notification(notification_id)
    html = notification_render(notification, unsubscribe_url=unsubscribe_link(notification)).html
    return mail_frame(html)


@require_safe
@never_cache
@demo_page
def mail_receipt(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Give the document that is attached to a message."""
    notification = _notification(notification_id)
    attachment = message_attachment(notification)
    if attachment is None:
        raise Http404
    return HttpResponse(attachment.content, content_type=attachment.mime_type)


def _notification(notification_id: int) -> Notification:
    try:
        return notification_get(notification_id=notification_id)
    except Notification.DoesNotExist:
        raise Http404 from None
