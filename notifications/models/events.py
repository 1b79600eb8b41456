"""What happened, for programs: written in the transaction of the change, numbered after it.

A number that is taken inside the business transaction either makes transactions wait for each other or is not in the
order of their commits, and then a reader who has seen 7 misses a 6 that is committed later. So events are numbered
afterwards, by whoever reads or delivers next, one at a time: see `notifications.services.numbering`.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def event_uid_new() -> str:
    """A public name for an event, the same in every delivery of it."""
    return f"evt_{uuid.uuid4().hex}"


class EventStream(models.Model):
    """Where the numbers of a property's events stand; the row without a property counts those of all."""

    property = models.OneToOneField(
        "inventory.Property",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="event_stream",
        verbose_name=_("property"),
    )
    last_sequence = models.BigIntegerField(
        _("last number"),
        default=0,
        help_text=_("The newest event's number; every one up to it was given once."),
    )
    forgotten_sequence = models.BigIntegerField(
        _("forgotten up to"), default=0, help_text=_("Events up to this number are not kept any more.")
    )

    class Meta:
        verbose_name = _("stream of events")
        verbose_name_plural = _("streams of events")
        constraints = (
            models.UniqueConstraint(
                fields=("property",), nulls_distinct=False, name="event_stream_once_per_property"
            ),
            models.CheckConstraint(
                condition=Q(forgotten_sequence__gte=0, last_sequence__gte=models.F("forgotten_sequence")),
                name="event_stream_sequences_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.property_id or '*'}: {self.last_sequence}"


class DomainEvent(models.Model):
    """Something that happened at a property. Never changed once it is numbered."""

    uid = models.CharField(_("id"), max_length=40, unique=True, default=event_uid_new, editable=False)
    type = models.CharField(_("type"), max_length=40)
    property = models.ForeignKey(
        "inventory.Property",
        models.CASCADE,
        related_name="domain_events",
        db_index=False,
        verbose_name=_("property"),
    )
    subject = models.CharField(
        _("subject"), max_length=80, help_text=_("Events of one subject are delivered one after another.")
    )
    data = models.JSONField(_("data"), default=dict)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    coalesce_key = models.CharField(
        _("key of what is told once"), max_length=120, blank=True, default="", editable=False
    )
    sequence = models.BigIntegerField(_("number at the property"), null=True, editable=False)
    chain_sequence = models.BigIntegerField(_("number among all"), null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-id",)
        constraints = (
            # events_after: a property's events from a number on
            models.UniqueConstraint(fields=("property", "sequence"), name="event_sequence_once_per_property"),
            models.UniqueConstraint(
                fields=("coalesce_key",), condition=~Q(coalesce_key=""), name="event_coalesce_key_once"
            ),
            models.CheckConstraint(
                condition=Q(sequence=None, chain_sequence=None) | Q(sequence__gte=1, chain_sequence__gte=1),
                name="event_numbered_in_both",
            ),
        )
        indexes = (
            # events_number: what is not numbered yet, oldest first
            models.Index(fields=("id",), name="event_unnumbered", condition=Q(chain_sequence=None)),
            # events_prune and the admin's dates
            models.Index(fields=("created_at",), name="event_created"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"
