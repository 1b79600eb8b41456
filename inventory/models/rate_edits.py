"""Changes of many prices or totals at once: drafted, looked at, applied, and taken back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.audit import audited
from core.models import TimeStampedModel

from .properties import Property


class RateEditStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("rate edit", "not applied yet")
    APPLIED = "applied", pgettext_lazy("rate edit", "applied")
    UNDONE = "undone", pgettext_lazy("rate edit", "taken back")


class RateEditKind(models.TextChoices):
    SET = "set", _("Set the price")
    ADD = "add", _("Add an amount")
    PERCENT = "percent", _("Add a percentage")
    SEASON = "season", _("Take the price of the season again")
    COPY = "copy", _("Copy from other nights")
    ROOMS = "rooms", _("Set the number of rooms")
    IMPORT = "import", _("Import from a file")


@audited(property_path="property", exclude=["changes", "wish"])
class RateEdit(TimeStampedModel):
    """What somebody wants to change, and night by night what it changes.

    ``wish`` is what was asked for (`inventory.rate_wishes.RateWish` as JSON). ``changes`` are rows of room type, rate
    plan (None: the number of rooms), night, value before and after (None: none) as strings, and whether the price
    before and after was set by hand.
    """

    property = models.ForeignKey(
        Property, models.CASCADE, related_name="rate_edits", verbose_name=_("property")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RateEditKind)
    status = models.CharField(
        _("status"), max_length=10, choices=RateEditStatus, default=RateEditStatus.DRAFT
    )
    wish = models.JSONField(_("wish"), default=dict)
    changes = models.JSONField(_("changes"), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by")
    )
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of many prices")
        verbose_name_plural = _("changes of many prices")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=RateEditStatus.values), name="rate_edit_status_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=RateEditKind.values), name="rate_edit_kind_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({len(self.changes)})"
