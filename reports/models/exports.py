"""Large exports that are written in the background."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit import audited
from core.models import TimeStampedModel


class ExportState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("being written")
    DONE = "done", _("ready")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("deleted")


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


@audited(exclude=["rows_done", "rows_total"], secrets=["file"])
class Export(TimeStampedModel):
    """A list of the administration as a file: who wants what, how far it is, and where the file is while it is kept.

    ``query`` is what the list's address says (filters, search, order). ``property_ids`` are the houses that the file
    was confined to when it was written (None: all): who may not see one of them any more does not get it. ``file`` is
    a name in the private storage, which no address leads to.
    """

    uid = models.UUIDField(_("id"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("list"), max_length=40)
    query = models.TextField(_("filters"), blank=True, default="")
    file_format = models.CharField(_("format"), max_length=10, choices=ExportFormat)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="exports",
        db_index=False,
        verbose_name=_("wanted by"),
    )
    language = models.CharField(_("language"), max_length=10)
    property_ids = models.JSONField(_("properties"), null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=ExportState, default=ExportState.WAITING)
    rows_done = models.PositiveIntegerField(_("rows written"), default=0)
    rows_total = models.PositiveIntegerField(_("rows"), null=True)
    file = models.CharField(_("file"), max_length=200, blank=True, default="", editable=False)
    size_bytes = models.PositiveBigIntegerField(_("size"), null=True, editable=False)
    error = models.CharField(_("error"), max_length=500, blank=True, default="")
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="export_state_known"),
            models.CheckConstraint(
                condition=~Q(state=ExportState.DONE) | (~Q(file="") & Q(expires_at__isnull=False)),
                name="export_done_has_a_file",
            ),
        )
        indexes = (
            # exports_of: somebody's own, newest first
            models.Index(fields=("requested_by", "-id"), name="export_owner"),
            # exports_delete_old: whose time is over
            models.Index(fields=("expires_at",), name="export_expiry", condition=Q(state=ExportState.DONE)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d %H:%M}" if self.created_at else self.kind
