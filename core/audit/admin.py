"""The history of an object in the administration: what the log says of it, instead of Django's own history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from .selectors import audit_for, audit_history
from .words import AuditLine


class AuditedAdmin(admin.ModelAdmin):
    """A page of the whole history of each object, and its latest entries for the object's own page."""

    object_history_template = "admin/object_history.html"

    def audit_related(self, row: Any) -> Sequence[models.Model]:
        """Other rows whose history belongs to this one's: a booking's folio."""
        return ()

    def audit_latest(self, row: models.Model) -> list[AuditLine]:
        """The latest changes of the object itself, for its own page."""
        return audit_for(row, is_own_only=True)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Everything that was changed, newest first, a page at a time."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        page = audit_history(
            row,
            before=cursor_of(request, "before"),
            after=cursor_of(request, "after"),
            also=self.audit_related(row),
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of %(name)s") % {"name": row},
            "object": row,
            "opts": self.opts,
            "page": page,
            "entries": page.lines,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.object_history_template, context)


def cursor_of(request: HttpRequest, name: str) -> int | None:
    """A cursor in the address; None where there is none or something else."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
