"""The outbox: work that follows a change, written in the transaction of that change."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Queue(models.TextChoices):
    """Where effects wait; what each may do at a time and a second stands in the settings."""

    EMAIL = "email", _("e-mail")
    PROCESSING = "processing", _("processing")
    SCHEDULED = "scheduled", _("scheduled")


class EffectStatus(models.TextChoices):
    """pending → dispatched → running → done, back to pending for another attempt, or dead when there is none left.

    Staff make a dead one pending again, or discard it.
    """

    PENDING = "pending", _("pending")
    DISPATCHED = "dispatched", _("handed over")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    DEAD = "dead", _("dead")
    DISCARDED = "discarded", _("discarded")


UNFINISHED = (EffectStatus.PENDING, EffectStatus.DISPATCHED, EffectStatus.RUNNING)
LEASED = (EffectStatus.DISPATCHED, EffectStatus.RUNNING)


class Effect(models.Model):
    """One thing to do, at least once.

    Whoever handed it over or runs it holds a lease; when the lease is over the effect is due again, so neither a lost
    message nor a killed process loses it. The token names who holds it: who was overtaken finds another one and
    changes nothing.
    """

    kind = models.CharField(_("kind"), max_length=100, help_text=_("Names the handler."))
    queue = models.CharField(_("queue"), max_length=20, choices=Queue)
    payload = models.JSONField(_("payload"), default=dict)
    dedup_key = models.CharField(
        _("dedup key"), max_length=255, unique=True, help_text=_("Each effect is written once.")
    )
    ordering_key = models.CharField(
        _("ordering key"),
        max_length=255,
        blank=True,
        help_text=_("Effects of one key run one after another."),
    )
    property_id = models.BigIntegerField(
        _("property"), null=True, blank=True, help_text=_("Whose staff may see it; without one, nobody's.")
    )
    status = models.CharField(_("status"), max_length=20, choices=EffectStatus, default=EffectStatus.PENDING)
    wanted_at = models.DateTimeField(
        _("wanted"), default=timezone.now, help_text=_("When it was first due; its age counts from here.")
    )
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(
        _("attempts"), default=0, help_text=_("How often it failed, or was done.")
    )
    interruptions = models.PositiveSmallIntegerField(
        _("interruptions"), default=0, help_text=_("How often whoever ran it was gone before the end.")
    )
    lease_token = models.CharField(_("lease token"), max_length=32, blank=True)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    last_error = models.TextField(
        _("last error"), blank=True, help_text=_("Why it failed; of a dead one, why it was given up.")
    )
    progress_done = models.PositiveIntegerField(_("done so far"), default=0)
    progress_total = models.PositiveIntegerField(_("to do in all"), null=True, blank=True)
    progress_note = models.CharField(_("progress"), max_length=200, blank=True)
    request_id = models.CharField(
        _("request id"), max_length=64, blank=True, help_text=_("The request that caused it, as in the log.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(status__in=EffectStatus.values), name="effect_status_known"),
            models.CheckConstraint(condition=Q(queue__in=Queue.values), name="effect_queue_known"),
            models.CheckConstraint(
                condition=Q(status__in=LEASED, leased_until__isnull=False)
                | (~Q(status__in=LEASED) & Q(leased_until__isnull=True)),
                name="effect_leased_while_held",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNFINISHED, finished_at__isnull=True)
                | (~Q(status__in=UNFINISHED) & Q(finished_at__isnull=False)),
                name="effect_finished_has_time",
            ),
            models.CheckConstraint(
                condition=Q(progress_total__isnull=True) | Q(progress_done__lte=F("progress_total")),
                name="effect_progress_within_total",
            ),
        )
        indexes = (
            # claiming.effects_claim: what is due, queue by queue
            models.Index(fields=("queue", "due_at", "id"), name="effect_due", condition=Q(status="pending")),
            # claiming.effects_recover: leases that are over; leases.effect_take: how many run
            models.Index(
                fields=("queue", "status", "leased_until"),
                name="effect_held",
                condition=Q(status__in=LEASED),
            ),
            # claiming.effects_claim: whether an earlier effect of the same key is unfinished
            models.Index(
                fields=("ordering_key", "id"),
                name="effect_order",
                condition=Q(status__in=UNFINISHED) & ~Q(ordering_key=""),
            ),
            # dead letters, newest first
            models.Index(fields=("-finished_at", "-id"), name="effect_dead", condition=Q(status="dead")),
            # effects_prune: the oldest that are over
            models.Index(
                fields=("finished_at",), name="effect_over", condition=Q(status__in=("done", "discarded"))
            ),
            # staff: the effects of a property, newest first
            models.Index(
                fields=("property_id", "-id"), name="effect_property", condition=Q(property_id__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.dedup_key}"


class EffectQueue(models.Model):
    """What all workers of a queue share: whoever starts an effect locks this row, so limits hold across machines."""

    name = models.CharField(_("name"), max_length=20, primary_key=True, choices=Queue)
    next_slot_at = models.DateTimeField(
        _("next slot"), help_text=_("No effect starts before it, where the queue has a rate.")
    )

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")

    def __str__(self) -> str:
        return self.name
