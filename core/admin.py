"""What every admin of the house is built on: honest 404s, errors of services as form errors, cheap counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR
from decimal import Decimal
from functools import cached_property, partial
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.paginator import Paginator
from django.db import models
from django.forms import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject

from core.audit.admin import AuditedAdmin
from core.choosing import HouseAutocompleteSelect
from core.editing.admin import EditingAdmin
from core.exceptions import DomainError, VersionConflict
from core.money import MoneyField

COUNT_CAP = 10_000
YEAR_DIGITS = 6
"""More of them than a calendar needs, and few enough to count with."""


class CappedPaginator(Paginator):
    """Counts to 10,000 and no further: who needs what comes later narrows the list with a filter."""

    @cached_property
    def count(self) -> int:
        """The number of rows, at most `COUNT_CAP`."""
        rows: Any = self.object_list
        return int(rows.order_by()[:COUNT_CAP].count())


class PlainDecimalField(forms.DecimalField):
    """An amount without the zeros that nobody would write: 76.00, not 76.000."""

    def prepare_value(self, value: Any) -> Any:
        return plain_decimal(value) if isinstance(value, Decimal) else value


def plain_decimal(value: Decimal) -> str:
    """A decimal with at least two digits after the point, and more only where they say something."""
    shortest = value.normalize()
    exponent = shortest.as_tuple().exponent
    digits = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{shortest:.{digits}f}"


class LabelledFormSet(BaseInlineFormSet):
    """Rows of a table, each control named by its column."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Name the box that deletes the row."""
        super().add_fields(form, index)
        for field in form.fields.values():
            if field.label:
                field.widget.attrs.setdefault("aria-label", str(field.label))


class HouseForm(forms.ModelForm):
    """A form that shows what a service refused, at the field that was wrong."""

    request: HttpRequest
    model_admin: HouseAdmin

    def clean(self) -> dict[str, Any]:
        """Add the refusal of the service that was tried with these values."""
        cleaned = super().clean() or self.cleaned_data
        error: DomainError | None = getattr(self.request, "domain_error", None)
        if error is not None:
            self.add_error(error.field if error.field in self.fields else None, str(error))
        return cleaned


class HouseAdmin(AuditedAdmin, EditingAdmin):
    """Django's model admin as we use it everywhere, with histories from the log and forms that overwrite nobody.

    A service that refuses in ``save_model`` gives a form error; one that refuses in ``delete_model`` a message.
    With ``services_commit`` saving and deleting run outside of a transaction, because the services open their own
    durable ones.
    """

    form: type[forms.ModelForm[Any]] = HouseForm
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 50
    services_commit = False
    formfield_overrides = {MoneyField: {"form_class": PlainDecimalField}}

    class Media:
        css = {"all": ("css/admin-house.css", "css/admin-audit.css")}
        js = ("js/admin-house.js",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Give fields with a choice as one types our own."""
        if "widget" not in kwargs and db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = HouseAutocompleteSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list; an address with a year that no calendar has asks for nothing, as any other wrong filter."""
        years = [
            value for key, value in request.GET.dict().items() if key.endswith("__year") and value.isdecimal()
        ]
        if any(not MINYEAR <= int(year[:YEAR_DIGITS]) < MAXYEAR for year in years):
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        return super().changelist_view(request, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        """Give the form the request, for what services refuse."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.request = request
        form.model_admin = self
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a service's refusal in the form that was sent."""
        arguments = (request, object_id, form_url, extra_context)
        inside, atomic = getattr(self, "_changeform_view"), super().changeform_view  # noqa: B009
        view = inside if self.services_commit else atomic
        try:
            response: HttpResponse = view(*arguments)
        except DomainError as error:
            request.domain_error = error  # type: ignore[attr-defined]
            response = view(*arguments)
        return response

    def _changeform_view(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        """Look first whether somebody else has changed what the form showed, in the transaction that saves it."""
        error: DomainError | None = getattr(request, "domain_error", None)
        if error is None or isinstance(error, VersionConflict):
            conflict = self.edit_conflict(request, object_id)
            if conflict is not None:
                request.domain_error = conflict  # type: ignore[attr-defined]
        with self.edit_expected(request):
            inside = getattr(super(), "_changeform_view")  # noqa: B009
            response: HttpResponse = inside(request, object_id, form_url, extra_context)
        return response

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Give the page the latest of the object's history; nothing is read where the page does not show it."""
        if obj is not None and request.method == "GET":
            context.setdefault("audit_latest", SimpleLazyObject(partial(self.audit_latest, obj)))
        return super().render_change_form(request, context, add, change, form_url, obj)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a service's refusal beside the object that stays."""
        inside, atomic = getattr(self, "_delete_view"), super().delete_view  # noqa: B009
        view = inside if self.services_commit else atomic
        try:
            response: HttpResponse = view(request, object_id, extra_context)
        except DomainError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect(self.change_url(object_id))
        return response

    def change_url(self, object_id: Any) -> str:
        """The address of an object's page."""
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[object_id])

    def changelist_url(self) -> str:
        """The address of the list."""
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """Answer 404 for what does not exist and for what is not the user's to see, alike."""
        raise Http404


class ReadOnlyAdmin(HouseAdmin):
    """Rows that only the system writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):
    """Rows of another table, to be read beside their parent; ``related`` is what their columns need besides."""

    extra = 0
    can_delete = False
    show_change_link = False
    related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related(*self.related) if self.related else rows

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields or ()


def each_in_turn(
    model_admin: HouseAdmin,
    request: HttpRequest,
    rows: models.QuerySet[Any],
    act: Callable[[Any], object],
) -> int:
    """Do something to each row, and say by name what was refused; how many worked."""
    worked = 0
    for row in rows:
        try:
            act(row)
        except DomainError as error:
            model_admin.message_user(request, f"{row}: {error}", messages.ERROR)
        else:
            worked += 1
    return worked


def form_page(
    model_admin: HouseAdmin,
    request: HttpRequest,
    *,
    form: Any,
    title: str | Promise,
    submit_label: str | Promise,
    original: models.Model | None = None,
    template: str = "admin/form_page.html",
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """A page of the admin with a form of our own, with the look and the breadcrumbs of the others."""
    fieldsets = [(None, {"fields": list(form.fields)})]
    adminform = AdminForm(form, fieldsets, {}, (), model_admin)
    values = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "original": original,
        "form": form,
        "adminform": adminform,
        "media": model_admin.media + adminform.media,
        "submit_label": submit_label,
        "cancel_url": model_admin.change_url(original.pk) if original else model_admin.changelist_url(),
        **(context or {}),
    }
    status = HTTPStatus.OK if not form.errors else HTTPStatus.UNPROCESSABLE_ENTITY
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, template, values, status=status)


def form_refused(form: forms.BaseForm, error: DomainError) -> None:
    """Show a service's refusal in the form, at the field that was wrong."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
