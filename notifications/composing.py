"""From a rendered message to a mail: who it is from, its id, what is attached, and how it is declined."""

from __future__ import annotations

import hashlib
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from .attaching import files_attach
from .attachments import message_attachment
from .models import Notification
from .rendering import RenderedMail, notification_render, notification_subject

MESSAGE_ID_DIGITS = 32


def message_headers(notification: Notification, *, unsubscribe_url: str = "") -> dict[str, str]:
    """Return the headers that are known before sending. No query.

    The message's id follows from what it tells of, so a message sent twice is one in the mailbox it reaches.
    """
    house = notification.context.get("property") or {}
    headers = {
        "From": message_sender(house.get("name", "")),
        "To": notification.recipient,
        "Reply-To": house.get("email", ""),
        "Subject": notification_subject(notification),
        "Message-ID": message_id(notification.dedup_key),
        "Content-Language": notification.language,
        "Auto-Submitted": "auto-generated",
    }
    if unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return {name: value for name, value in headers.items() if value}


def message_id(dedup_key: str) -> str:
    """Return the id of the mail that tells of one effect, in the site's own mail domain."""
    digest = hashlib.sha256(dedup_key.encode()).hexdigest()[:MESSAGE_ID_DIGITS]
    return f"<{digest}@{settings.MAIL_DOMAIN}>"


def message_sender(house: str) -> str:
    """Return the sender: the site's address, in the name of the house that speaks."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((" ".join(house.split()) or name, address))


def message_compose(notification: Notification, *, unsubscribe_url: str = "") -> EmailMultiAlternatives:
    """Write the mail. No query: the context says everything."""
    rendered: RenderedMail = notification_render(notification, unsubscribe_url=unsubscribe_url)
    headers = message_headers(notification, unsubscribe_url=unsubscribe_url)
    reply_to = headers.pop("Reply-To", "")
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=headers.pop("From"),
        to=[headers.pop("To")],
        reply_to=[reply_to] if reply_to else None,
        headers={name: value for name, value in headers.items() if name != "Subject"},
    )
    message.attach_alternative(rendered.html, "text/html")
    attachment = message_attachment(notification)
    if attachment is not None:
        message.attach(attachment.name, attachment.content, attachment.mime_type)
    files_attach(message, notification.context)
    return message
