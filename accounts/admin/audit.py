"""The log of changes: who changed what, when and from where, as far as it is about one's own houses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from accounts.permissions import OPERATION_PERMISSIONS, property_ids_with
from accounts.scoping import access_of
from accounts.selectors import users_found
from core.audit.admin import cursor_of
from core.audit.decorator import audited_models
from core.audit.houses import houses_named
from core.audit.selectors import LogFilter, LogPage, audit_page
from core.audit.words import AuditLine
from core.models.audit import Operation
from core.staff_pages import staff_page, staff_page_register

READ, EXPORT = "audit_read", "export_make"
DAY = forms.DateInput(attrs={"type": "date"})


def _models() -> list[tuple[str, Any]]:
    named = [(label, capfirst(str(apps.get_model(label)._meta.verbose_name))) for label in audited_models()]
    return [("", _("Everything")), *sorted(named, key=lambda pair: pair[1])]


class LogForm(forms.Form):
    """What of the log is looked for."""

    house = forms.TypedChoiceField(label=_("Property"), required=False, coerce=int, empty_value=None)
    who = forms.CharField(label=pgettext_lazy("audit", "Who"), required=False, max_length=150)
    operation = forms.ChoiceField(
        label=_("What was done"), required=False, choices=(("", _("Everything")), *Operation.choices)
    )
    model = forms.ChoiceField(label=_("Kind"), required=False, choices=_models)
    number = forms.CharField(
        label=_("Number"), required=False, max_length=64, help_text=_("As it stands in the object's address.")
    )
    field = forms.CharField(
        label=_("Field"),
        required=False,
        max_length=80,
        help_text=_("Its name in the database, such as status."),
    )
    since = forms.DateField(label=_("From"), required=False, widget=DAY)
    until = forms.DateField(label=_("To"), required=False, widget=DAY)
    request = forms.CharField(label=_("Request"), required=False, max_length=64)

    def __init__(self, *args: Any, house_ids: list[int] | None, **options: Any) -> None:
        """Make it for who may read of some properties (None: of all). One query, none where there is no choice."""
        super().__init__(*args, **options)
        if house_ids is not None and len(house_ids) < 2:
            del self.fields["house"]
            return
        named = sorted(
            ((number, house.name) for number, house in houses_named(house_ids).items()), key=itemgetter(1)
        )
        self.fields["house"].choices = [("", _("Everything")), *named]  # type: ignore[attr-defined]

    def wanted(self, property_ids: list[int] | None) -> LogFilter:
        """The filter; values that make no sense are left out. One query where somebody is named."""
        values = getattr(self, "cleaned_data", {})
        who = values.get("who", "").strip()
        return LogFilter(
            property_ids=property_ids,
            property_id=values.get("house"),
            user_ids=[user.pk for user in users_found(who)] if who else None,
            operation=values.get("operation", ""),
            model=values.get("model", ""),
            object_id=values.get("number", "").strip(),
            field=values.get("field", "").strip(),
            since=_midnight(values.get("since")),
            until=_midnight(values.get("until"), days=1),
            request_id=values.get("request", "").strip(),
        )


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time())) if day else None


@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    """The log, newest first, a page at a time."""
    ids = property_ids_with(access_of(request), OPERATION_PERMISSIONS[READ])
    form = LogForm(request.GET or None, house_ids=ids)
    form.is_valid()
    page = audit_page(
        form.wanted(ids), before=cursor_of(request, "before"), after=cursor_of(request, "after")
    )
    kept = {name: value for name, value in request.GET.items() if name in form.fields and value}
    context = {
        "title": _("Log of changes"),
        "form": form,
        "page": page,
        "entries": _linked(page),
        "kept": f"{urlencode(kept)}&" if kept else "",
        "is_narrowed": bool(kept),
        "query": urlencode(kept),
        "may_export": property_ids_with(access_of(request), OPERATION_PERMISSIONS[EXPORT]) != [],
    }
    return staff_page(request, "admin/accounts/audit_log.html", context)


def _linked(page: LogPage) -> list[AuditLine]:
    return [replace(line, url=_url(line)) for line in page.lines]


def _url(line: AuditLine) -> str:
    """The page of what an entry is about, where there is one."""
    if not line.object_id or line.operation == Operation.DELETE:
        return ""
    try:
        return reverse(f"admin:{line.model.replace('.', '_')}_change", args=[line.object_id])
    except NoReverseMatch:
        return ""


def may_read(request: HttpRequest) -> bool:
    """Managers of a house, and superusers."""
    return property_ids_with(access_of(request), OPERATION_PERMISSIONS[READ]) != []


def register() -> None:
    """Add the page to the administration."""
    staff_page_register(
        key="audit-log",
        title=_("Log of changes"),
        order=80,
        path="audit/",
        view=audit_log,
        allowed=may_read,
    )
