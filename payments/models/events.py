"""What providers told us."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class WebhookEvent(models.Model):
    """An event of a payment provider, stored once, processed by re-reading the provider's state."""

    gateway = models.CharField(_("gateway"), max_length=20)
    event_id = models.CharField(_("event id"), max_length=120)
    type = models.CharField(_("type"), max_length=80)
    provider_reference = models.CharField(_("provider's reference"), max_length=120, blank=True)
    payment_key = models.CharField(
        _("our key"), max_length=80, blank=True, help_text=_("Where the provider repeats it in the event.")
    )
    payload = models.JSONField(_("payload"))
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    processed_at = models.DateTimeField(_("processed at"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("provider event")
        verbose_name_plural = _("provider events")
        ordering = ("-received_at", "-id")
        constraints = (models.UniqueConstraint(fields=("gateway", "event_id"), name="webhook_event_once"),)
        indexes = (
            # payments_reconcile: events that came but were not processed
            models.Index(
                fields=("received_at",), name="webhook_event_open", condition=Q(processed_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
