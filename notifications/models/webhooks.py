"""Who is told of events, with what secret, and how it went."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel

from .events import DomainEvent

DESCRIPTION_MAX_LENGTH = 200
URL_MAX_LENGTH = 2_000


class DisabledReason(models.TextChoices):
    BY_HAND = "by_hand", _("switched off by hand")
    GONE = "gone", _("answered that it is gone (410)")
    FAILING = "failing", _("did not accept anything for three days")


class DeliveryStatus(models.TextChoices):
    PENDING = "pending", _("on its way")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("given up")
    SKIPPED = "skipped", _("not sent: the endpoint was off")


@audited(
    property_path="property",
    secrets=["url"],
    exclude=["last_success_at", "last_failure_at", "last_seconds", "failing_since"],
)
class WebhookEndpoint(TimeStampedModel):
    """An address of an integrator that events are sent to: those of one property, or without one of all."""

    property = models.ForeignKey(
        "inventory.Property",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="webhook_endpoints",
        verbose_name=_("property"),
        help_text=_("Leave empty for the events of all properties."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="webhook_endpoints",
        verbose_name=_("owner"),
        help_text=_("Gets a mail when the endpoint is switched off."),
    )
    url = models.CharField(_("address"), max_length=URL_MAX_LENGTH, help_text=_("https://…"))
    description = models.CharField(_("description"), max_length=DESCRIPTION_MAX_LENGTH, blank=True)
    event_types = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        verbose_name=_("types of events"),
        help_text=_("None chosen: all, and those that will be added."),
    )
    is_enabled = models.BooleanField(_("switched on"), default=True)
    disabled_reason = models.CharField(
        _("why it is off"), max_length=20, choices=DisabledReason, blank=True, default=""
    )
    disabled_at = models.DateTimeField(_("off since"), null=True, blank=True)
    failing_since = models.DateTimeField(
        _("failing since"), null=True, blank=True, help_text=_("The first failure after the last success.")
    )
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)
    last_failure_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    last_seconds = models.FloatField(_("seconds of the last answer"), default=0.0)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(is_enabled=True, disabled_reason="", disabled_at=None)
                | (Q(is_enabled=False, disabled_at__isnull=False) & ~Q(disabled_reason="")),
                name="webhook_endpoint_off_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(disabled_reason__in=["", *DisabledReason.values]),
                name="webhook_endpoint_reason_known",
            ),
        )

    def __str__(self) -> str:
        return self.description or self.url


@audited(property_path="endpoint__property", parent="endpoint", secrets=["seed", "secret_hash"])
class WebhookSecret(models.Model):
    """A secret that deliveries are signed with. Derived from the seed; the database holds only its hash."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="secrets", verbose_name=_("endpoint")
    )
    seed = models.CharField(_("seed"), max_length=64)
    secret_hash = models.CharField(_("hash of the secret"), max_length=64)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook secret")
        verbose_name_plural = _("webhook secrets")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("endpoint",), condition=Q(expires_at=None), name="webhook_secret_one_current"
            ),
        )

    def __str__(self) -> str:
        return f"{self.endpoint_id}: {self.created_at:%Y-%m-%d}"


class WebhookDelivery(models.Model):
    """One event to one endpoint; without an event, a test. Sent again it stays the same delivery."""

    endpoint = models.ForeignKey(
        WebhookEndpoint,
        models.CASCADE,
        related_name="deliveries",
        db_index=False,
        verbose_name=_("endpoint"),
    )
    event = models.ForeignKey(
        DomainEvent,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name=_("event"),
    )
    status = models.CharField(
        _("status"), max_length=20, choices=DeliveryStatus, default=DeliveryStatus.PENDING
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    tries = models.PositiveIntegerField(
        _("failures in a row"), default=0, help_text=_("Since it was sent, or sent again by hand.")
    )
    resends = models.PositiveIntegerField(_("sent again by hand"), default=0)
    resent_at = models.DateTimeField(_("sent again"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    in_flight_until = models.DateTimeField(
        _("being sent until"),
        null=True,
        blank=True,
        help_text=_("At the latest; then whoever sent it is gone."),
    )

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("endpoint", "event"), name="webhook_delivery_once_per_event"),
            models.CheckConstraint(
                condition=Q(status__in=DeliveryStatus.values), name="webhook_delivery_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="delivered") | Q(delivered_at__isnull=False),
                name="webhook_delivery_delivered_has_time",
            ),
        )
        indexes = (
            # an endpoint's deliveries, newest first
            models.Index(fields=("endpoint", "-id"), name="webhook_delivery_endpoint"),
            # what an endpoint still has to get
            models.Index(
                fields=("endpoint", "id"), name="webhook_delivery_pending", condition=Q(status="pending")
            ),
            # how many are being sent to an endpoint
            models.Index(
                F("endpoint"),
                F("in_flight_until"),
                name="webhook_delivery_in_flight",
                condition=Q(in_flight_until__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.endpoint_id} ← {self.event_id or 'test'}"


class WebhookAttempt(models.Model):
    """One try: what was sent and what came back. The signature is not kept."""

    delivery = models.ForeignKey(
        WebhookDelivery,
        models.CASCADE,
        related_name="attempt_log",
        db_index=False,
        verbose_name=_("delivery"),
    )
    number = models.PositiveIntegerField(_("attempt"))
    started_at = models.DateTimeField(_("started"))
    seconds = models.FloatField(_("seconds"), default=0.0)
    url = models.CharField(_("address"), max_length=URL_MAX_LENGTH)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    request_headers = models.JSONField(_("headers sent"), default=dict)
    answer_status = models.PositiveSmallIntegerField(_("status of the answer"), null=True, blank=True)
    answer_headers = models.JSONField(_("headers of the answer"), default=dict)
    answer_body = models.TextField(_("body of the answer"), blank=True, help_text=_("Its first 4,096 bytes."))
    error = models.CharField(_("error"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("delivery", "number"), name="webhook_attempt_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.delivery_id} · {self.number}"
