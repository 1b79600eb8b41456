"""The keys that make a repeated request do its work once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class IdempotencyKey(models.Model):
    """One request that must happen once, and the answer it got.

    The answer is written by the transaction that did the work, so either both are there or neither. The lock token
    names the attempt that may complete it: an attempt that was overtaken finds another token and rolls back.
    """

    class State(models.TextChoices):
        IN_PROGRESS = "in_progress", _("in progress")
        COMPLETED = "completed", _("completed")

    principal = models.CharField(_("principal"), max_length=100)
    key = models.CharField(_("key"), max_length=255)
    request_hash = models.CharField(_("hash of the request"), max_length=64)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.IN_PROGRESS)
    lock_token = models.CharField(_("lock token"), max_length=64)
    locked_at = models.DateTimeField(_("locked"))
    response_status = models.PositiveSmallIntegerField(_("status of the answer"), null=True, blank=True)
    response_body = models.TextField(
        _("body of the answer"), blank=True, help_text=_("JSON, byte for byte as sent.")
    )
    response_headers = models.JSONField(_("headers of the answer"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            models.UniqueConstraint(fields=["principal", "key"], name="idempotency_key_once_per_principal"),
            models.CheckConstraint(
                condition=Q(state="in_progress", response_status__isnull=True)
                | Q(state="completed", response_status__isnull=False),
                name="idempotency_key_completed_has_answer",
            ),
        ]
        indexes = [
            # idempotency_keys_prune: the expired ones, oldest first.
            models.Index(fields=["expires_at"], name="idempotency_key_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.principal} {self.key}"
