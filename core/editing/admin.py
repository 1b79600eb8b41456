"""Forms of the administration that never overwrite what somebody else has changed since they were opened."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import models, router, transaction
from django.http import HttpRequest, HttpResponse

from core.exceptions import VersionConflict

from .conflicts import differences
from .expecting import expecting
from .values import Opened, opened_read, opened_values, opened_write

OPENED_FIELD = "_opened"


class EditingAdmin(admin.ModelAdmin):
    """Gives each form what it shows, signed, and looks when it comes back whether that still is so.

    The row is locked from then until it is saved; with ``services_commit`` the service that saves it looks again
    after it has locked (`core.editing.rows_unchanged`).
    """

    services_commit = False

    def _lock(self, object_id: str) -> None:
        """Lock the row that is about to be saved, where this is inside a transaction. One query."""
        if not transaction.get_connection(router.db_for_write(self.model)).in_atomic_block:
            return
        try:
            number = self.opts.pk.to_python(unquote(object_id))
        except (ValidationError, ValueError):
            return  # no such row: reading it says so
        list(self.model._base_manager.select_for_update(of=("self",)).filter(pk=number).values_list("pk"))

    def edit_conflict(self, request: HttpRequest, object_id: str | None) -> VersionConflict | None:
        """What is not as the form that was sent showed it. Fields that were not touched take the others' values.

        A form without what it showed was not made by us and is not looked at more closely.
        """
        if request.method != "POST" or object_id is None:
            return None
        self._lock(object_id)
        if OPENED_FIELD not in request.POST:
            return None
        row = self.get_object(request, unquote(object_id))
        opened = opened_read(request.POST[OPENED_FIELD], self._edit_subject(object_id))
        if row is None or opened is None:
            return VersionConflict() if row is not None else None
        request.opened_values = opened  # type: ignore[attr-defined]
        request.opened_row = row  # type: ignore[attr-defined]
        if not self.has_change_permission(request, row):
            return None
        form = self.get_form(request, row, change=True)(request.POST, request.FILES, instance=row)
        formsets, _inlines = getattr(self, "_create_formsets")(  # noqa: B009 - the one door to inlines
            request, row, change=True
        )
        data = request.POST.copy()
        found = differences(opened, form, formsets, data)
        if not found:
            return None
        request.POST = data  # type: ignore[assignment]
        return VersionConflict(changes=found)

    def edit_expected(self, request: HttpRequest) -> AbstractContextManager[None]:
        """Have the services that save expect what the form showed."""
        opened: Opened | None = getattr(request, "opened_values", None)
        row: models.Model | None = getattr(request, "opened_row", None)
        if not self.services_commit or opened is None or row is None:
            return nullcontext()
        columns = {field.name for field in (*row._meta.fields, *row._meta.many_to_many)}
        return expecting(row, {name: value for name, value in opened[""].items() if name in columns})

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Put what the form shows into the page, and what somebody else has changed above it."""
        error = getattr(request, "domain_error", None)
        if obj is not None and context.get("has_change_permission", change):
            form: forms.BaseForm = context["adminform"].form
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            opened = opened_values(form, formsets)
            if any(opened.values()):
                context["opened"] = opened_write(opened, self._edit_subject(str(obj.pk)))
            context["differences"] = error.changes if isinstance(error, VersionConflict) else ()
        response: HttpResponse = super().render_change_form(request, context, add, change, form_url, obj)
        if isinstance(error, VersionConflict):
            response.status_code = error.http_status
        return response

    def _edit_subject(self, object_id: str) -> str:
        return f"{self.opts.label_lower}:{unquote(object_id)}"
