"""What people want to be told, and how."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel
from notifications.types import Category

from .messages import Channel

CATEGORIES = [category.value for category in Category]


@audited(parent="user", named_with=["user"])
class NotificationPreference(TimeStampedModel):
    """One user's word on one kind of message by one channel. Without one, the default of `notifications.choices`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notification_preferences",
        db_index=False,
        verbose_name=_("user"),
    )
    category = models.CharField(_("category"), max_length=20)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    is_on = models.BooleanField(_("on"))
    decided_at = models.DateTimeField(
        _("decided"), help_text=_("When the user last said so; of advertising, the proof of consent.")
    )

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "category", "channel"), name="notification_preference_once"
            ),
            models.CheckConstraint(
                condition=Q(category__in=CATEGORIES), name="notification_preference_category_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="notification_preference_channel_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.category}, {self.channel}"


@audited(secrets=["key"])
class MailSubscription(TimeStampedModel):
    """One address and one kind of mail that can be declined, with the key of its links to unsubscribe.

    It exists from the first such mail on, also for guests without an account; one with ``unsubscribed_at`` is the
    list of those who must not be written to.
    """

    address = models.EmailField(_("e-mail address"))
    category = models.CharField(_("category"), max_length=20)
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    unsubscribed_at = models.DateTimeField(_("unsubscribed"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail subscription")
        verbose_name_plural = _("mail subscriptions")
        constraints = (
            models.UniqueConstraint(fields=("address", "category"), name="mail_subscription_once"),
            models.CheckConstraint(
                condition=Q(address=Lower("address")), name="mail_subscription_address_lower"
            ),
            models.CheckConstraint(
                condition=Q(category__in=CATEGORIES), name="mail_subscription_category_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.address}: {self.category}"
