"""The pages of messages."""

from .inbox import inbox, inbox_all_read, inbox_message
from .mailbox import mail_detail, mail_html, mail_list, mail_receipt
from .preferences import preferences
from .previews import template_detail, template_html, template_list, template_receipt
from .unsubscribing import unsubscribing

__all__ = [
    "inbox",
    "inbox_all_read",
    "inbox_message",
    "mail_detail",
    "mail_html",
    "mail_list",
    "mail_receipt",
    "preferences",
    "template_detail",
    "template_html",
    "template_list",
    "template_receipt",
    "unsubscribing",
]
