"""Prices and rooms of the house night by night: seen as a grid, changed in one go, shown before, taken back after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import may_with, roles_for
from accounts.scoping import access_of, actor_of
from core.admin import form_refused
from core.dates import ONE_DAY, property_today
from core.exceptions import DomainError
from core.formats import format_day_short
from core.money import format_money
from core.staff_pages import staff_page, staff_page_register
from core.tabular import table_csv, table_xlsx
from inventory.exceptions import CellsMoved
from inventory.models import Property, RateEdit, RateEditStatus
from inventory.rate_wishes import CellChange, RateWish
from inventory.selectors.rate_files import rates_from_file, rates_table
from inventory.selectors.rate_grid import rate_edits_recent, rate_grid
from inventory.services.rate_edits import (
    rate_edit_apply,
    rate_edit_changes,
    rate_edit_draft,
    rate_edit_undo,
)

from .houses import house_chosen, house_may
from .rate_forms import RateEditForm, RateImportForm

MODEL = "inventory.rate"
MONTHS_SHOWN = (1, 2, 3)
LINES_SHOWN = 400
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """The grid of some months; a POST works out what a change would do, and leads to the page that shows it."""
    choice = house_chosen(request, model=MODEL)
    house = choice.house
    month, months = _period(request, house)
    may_change = _may_change(request, house)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    form = RateEditForm(request.POST or None, house=house, month=max(month, _today(house)))
    if request.method == "POST" and form.is_valid():
        edit = _draft(request, house, form.wish(), form)
        if edit is not None:
            return redirect("admin:rate_edit", edit.pk)
    end = month + relativedelta(months=months)
    context = {
        "title": _("Rates and rooms"),
        "choice": choice,
        "kept": (("month", f"{month:%Y-%m}"), ("months", months)),
        "grid": rate_grid(property_id=house.pk, first=month, end=end),
        "month": month,
        "months": months,
        "months_shown": MONTHS_SHOWN,
        "previous": month - relativedelta(months=months),
        "next": end,
        "today": _today(house),
        "form": form,
        "import_form": RateImportForm(),
        "may_change": may_change,
        "edits": rate_edits_recent(property_id=house.pk),
    }
    return staff_page(request, "admin/inventory/rates/grid.html", context, status=422 if form.errors else 200)


@require_POST
def rates_import(request: HttpRequest) -> HttpResponse:
    """Read a file, and lead to the page that shows what it would change."""
    house = house_chosen(request, model=MODEL, action="change").house
    form = RateImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            wish = rates_from_file(house=house, file=form.cleaned_data["file"])
        except DomainError as error:
            form_refused(form, error)
        else:
            edit = _draft(request, house, wish, form)
            if edit is not None:
                return redirect("admin:rate_edit", edit.pk)
    for text in [text for texts in form.errors.values() for text in texts]:
        messages.error(request, str(text))
    return redirect(f"{reverse('admin:rates-grid')}?house={house.pk}")


@require_safe
def rates_export(request: HttpRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The shown months as a file that can be brought back."""
    house = house_chosen(request, model=MODEL).house
    month, months = _period(request, house)
    table = rates_table(house=house, first=month, end=month + relativedelta(months=months))
    name = f"rates-{house.slug}-{month:%Y-%m}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind == "xlsx":
        return HttpResponse(table_xlsx(table), content_type=XLSX, headers=headers)
    return StreamingHttpResponse(table_csv(table), content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def rate_edit(request: HttpRequest, edit_id: int) -> HttpResponse:
    """What a change does, night by night; a POST applies exactly that."""
    edit = _edit(request, edit_id, status=RateEditStatus.DRAFT)
    if request.method == "POST":
        try:
            rate_edit_apply(edit_id=edit.pk, actor=actor_of(request))
        except CellsMoved as error:
            messages.warning(request, str(error))
            again = _draft(request, edit.property, RateWish.from_json(edit.wish), None)
            return redirect("admin:rate_edit", again.pk) if again else _to_grid(edit)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("admin:rate_edit", edit.pk)
        count = len(edit.changes)
        text = ngettext("%(count)d night is changed.", "%(count)d nights are changed.", count)
        messages.success(request, text % {"count": count})
        return _to_grid(edit)
    changes = rate_edit_changes(edit)
    context = {
        "title": _("What changes"),
        "edit": edit,
        "count": len(changes),
        "lines": _lines(edit.property, changes[:LINES_SHOWN]),
        "left_out": max(0, len(changes) - LINES_SHOWN),
    }
    return staff_page(request, "admin/inventory/rates/preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rate_edit_back(request: HttpRequest, edit_id: int) -> HttpResponse:
    """Ask, then take a change back."""
    edit = _edit(request, edit_id, status=RateEditStatus.APPLIED)
    if request.method == "POST":
        try:
            undone = rate_edit_undo(edit_id=edit.pk, actor=actor_of(request))
        except DomainError as error:
            messages.error(request, str(error))
        else:
            text = gettext("%(back)s nights are as before; %(kept)s were changed since, or are over.")
            messages.success(request, text % {"back": undone.reverted, "kept": undone.kept})
        return _to_grid(edit)
    context = {"title": _("Take the change back"), "edit": edit, "count": len(edit.changes)}
    return staff_page(request, "admin/inventory/rates/undo.html", context)


def _draft(request: HttpRequest, house: Property, wish: RateWish, form: Any) -> RateEdit | None:
    """A draft of the wish, or its refusal in the form (as a message where there is none)."""
    try:
        return rate_edit_draft(property_id=house.pk, wish=wish, actor=actor_of(request))
    except DomainError as error:
        if form is None:
            messages.error(request, str(error))
        else:
            form_refused(form, error)
        return None


def _edit(request: HttpRequest, edit_id: int, *, status: str) -> RateEdit:
    """An edit that the user may apply or take back. Raises 404."""
    edit = RateEdit.objects.select_related("property").filter(pk=edit_id, status=status).first()
    if edit is None or not _may_change(request, edit.property):
        raise Http404
    return edit


def _may_change(request: HttpRequest, house: Property) -> bool:
    return may_with(access_of(request), house.pk, roles_for(MODEL, "change"))


def _today(house: Property) -> date:
    return property_today(house.time_zone, timezone.now())


def _to_grid(edit: RateEdit) -> HttpResponse:
    first = min((row[2] for row in edit.changes), default="")
    return redirect(f"{reverse('admin:rates-grid')}?house={edit.property_id}&month={first[:7]}")


def _period(request: HttpRequest, house: Property) -> tuple[date, int]:
    """The first month that is shown, and how many; what makes no sense is this month, and one."""
    shown = request.GET.get("months", "")
    months = int(shown) if shown in {str(number) for number in MONTHS_SHOWN} else 1
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = _today(house).replace(day=1)
    return min(max(month, date(2000, 1, 1)), date(2999, 1, 1)), months


def _lines(house: Property, changes: Sequence[CellChange]) -> list[dict[str, Any]]:
    """Changes as a table shows them; nights in a row that change alike are one line."""
    kinds = {kind.pk: kind.name for kind in house.room_types.all()}
    plans = {plan.pk: plan.name for plan in house.rate_plans.all()}
    runs: list[list[CellChange]] = []
    for change in changes:
        if runs and _continues(runs[-1][-1], change):
            runs[-1].append(change)
        else:
            runs.append([change])
    return [
        {
            "room_type": kinds.get(run[0].room_type_id, ""),
            "plan": _("rooms") if run[0].rate_plan_id is None else plans.get(run[0].rate_plan_id, ""),
            "nights": _nights(run[0].date, run[-1].date),
            "before": _shown(run[0], run[0].before, house.currency),
            "after": _shown(run[0], run[0].after, house.currency),
            "is_same": run[0].before == run[0].after,
            "is_less": run[0].before is not None and (run[0].after or 0) < run[0].before,
        }
        for run in runs
    ]


def _continues(one: CellChange, other: CellChange) -> bool:
    same = (one.room_type_id, one.rate_plan_id, one.before, one.after) == (
        other.room_type_id,
        other.rate_plan_id,
        other.before,
        other.after,
    )
    return same and one.date + ONE_DAY == other.date


def _nights(first: date, last: date) -> str:
    shown = format_day_short(last, with_year=True)
    return shown if first == last else f"{format_day_short(first)} – {shown}"


def _shown(change: CellChange, value: Any, currency: str) -> str:
    if value is None:
        return "–"
    return str(int(value)) if change.rate_plan_id is None else format_money(value, currency)


staff_page_register(
    key="rates-grid",
    title=_("Rates"),
    order=40,
    path="rates/",
    view=rates,
    allowed=lambda request: house_may(request, model=MODEL),
    more=(
        ("import/", rates_import, "rates_import"),
        ("export/<str:kind>/", rates_export, "rates_export"),
        ("edit/<int:edit_id>/", rate_edit, "rate_edit"),
        ("edit/<int:edit_id>/undo/", rate_edit_back, "rate_edit_undo"),
    ),
)
