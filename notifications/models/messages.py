"""The outbox: everything we tell people, written in the transaction of the change it tells of."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import TimeStampedModel
from notifications.types import MESSAGE_TYPES


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    INBOX = "inbox", _("inbox")
    SMS = "sms", _("text message")


class NotificationStatus(models.TextChoices):
    PENDING = "pending", _("pending")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    SKIPPED = "skipped", _("not sent")


class Notification(TimeStampedModel):
    """One message to one person by one channel: a template and its plain context, rendered when it is sent or read.

    What is in an inbox is there, so it is sent from the beginning; ``recipient`` is an e-mail address, or a phone
    number in international form. Skipped is what nobody wanted any more when it was due: ``failure`` says why.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notifications",
        db_index=False,
        verbose_name=_("user"),
    )
    property = models.ForeignKey(
        "inventory.Property",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="notifications",
        verbose_name=_("property"),
    )
    channel = models.CharField(_("channel"), max_length=20, choices=Channel, default=Channel.EMAIL)
    recipient = models.CharField(_("recipient"), max_length=254)
    type = models.CharField(
        _("type"), max_length=60, help_text=_("The template's key, such as booking_confirmed.")
    )
    context = models.JSONField(_("context"), default=dict)
    language = models.CharField(_("language"), max_length=10, default="en")
    status = models.CharField(
        _("status"), max_length=20, choices=NotificationStatus, default=NotificationStatus.PENDING
    )
    dedup_key = models.CharField(
        _("dedup key"), max_length=150, unique=True, help_text=_("Each effect is written once.")
    )
    scheduled_at = models.DateTimeField(_("scheduled at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    failure = models.CharField(
        _("why not sent"),
        max_length=300,
        blank=True,
        help_text=_("What the mail server said, or who declined."),
    )

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=NotificationStatus.values), name="notification_status_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="notification_channel_known"
            ),
        )
        indexes = (
            # the key of the user, with whom the messages go
            models.Index(fields=("user", "type", "status"), name="notification_user_type"),
            # notifications_overdue: what should have been sent and was not
            models.Index(
                fields=("status", "scheduled_at"),
                name="notification_status_due",
                condition=Q(status="pending"),
            ),
            # inbox_unread_count
            models.Index(
                fields=("user", "read_at", "created_at"),
                name="notification_user_unread",
                condition=Q(channel="inbox"),
            ),
            # inbox_for_user: the newest first
            models.Index(
                fields=("user", "-created_at", "-id"),
                name="notification_user_inbox",
                condition=Q(channel="inbox"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} → {self.recipient}"

    def type_label(self) -> str:
        """Name the kind of message in words."""
        known = MESSAGE_TYPES.get(self.type)
        return str(known.label) if known else self.type
