"""Groups: agreed, their rooms kept, picked up and given back, on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, actor_of
from bookings.models import OPEN_GROUP_STATUSES, Group, GroupBlock
from bookings.selectors.groups import group_bookings, group_pick_ups, group_release_at, groups_of_house
from bookings.services.groups import group_create, group_update
from core.admin import ReadOnlyAdmin, form_page, form_refused
from core.exceptions import DomainError
from core.staff_pages import staff_page, staff_page_register
from inventory.admin.filters import PropertyFilter
from inventory.admin.houses import house_chosen, house_may
from payments.admin.posting_pages import folio_tools
from payments.selectors import folio_balance, folio_statement, invoices_of_folio

from .group_forms import GroupForm
from .group_pages import TOOLS, GroupPages

COUNTDOWN_SOON_DAYS = 7
GROUPS_PER_PAGE = 50


@admin.register(GroupBlock)
class GroupBlockAdmin(ReadOnlyAdmin, PropertyScopedAdmin):
    """Nights that groups keep, to be read."""

    property_path = "group__property"
    list_display = ("group", "room_type", "date", "rooms", "picked_up", "released", "price")
    list_filter = (PropertyFilter,)
    list_select_related = ("group", "room_type")
    search_fields = ("group__name",)
    ordering = ("-date", "-id")
    fields = list_display


@admin.register(Group)
class GroupAdmin(GroupPages, ReadOnlyAdmin, PropertyScopedAdmin):
    list_display = ("name", "property", "arrival", "departure", "status", "release_date", "company")
    list_filter = (PropertyFilter, "status")
    list_select_related = ("property",)
    search_fields = ("name", "company", "contact_name")
    ordering = ("-arrival", "-id")
    change_form_template = "admin/bookings/group/change_form.html"
    change_list_template = "admin/bookings/group/change_list.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name",
                    "status",
                    "arrival",
                    "departure",
                    "release_date",
                    "release_time",
                    "rate_plan",
                )
            },
        ),
        (_("Contact"), {"fields": ("contact_name", "contact_email", "contact_phone")}),
        (_("Company"), {"fields": ("company", "company_address", "vat_number", "shared_folio")}),
        (_("Notes"), {"fields": ("notes",)}),
    )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("new/", view(self.create), name="bookings_group_new"),
            path("<int:group_id>/edit/", view(self.edit), name="bookings_group_edit"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Offer to make one."""
        context = {"may_create": self.operation_allowed(request, "group_manage"), **(extra_context or {})}
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show what is picked up, who comes, the folio, and what can be done."""
        group = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if group is not None:
            release = group_release_at(group)
            context = {
                "pick_ups": group_pick_ups(group_id=group.pk),
                "bookings": group_bookings(group_id=group.pk),
                "tools": self.tools(request, group),
                "release_at": release,
                "days_left": (release - timezone.now()).days,
                "is_open": group.status in OPEN_GROUP_STATUSES,
                "currency": group.property.currency,
                **self._folio(request, group),
            }
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    def tools(self, request: HttpRequest, group: Group) -> list[dict[str, Any]]:
        """What the user may do with a group now."""
        return [
            {"url": reverse(f"admin:bookings_group_{name}", args=[group.pk]), "label": label}
            for name, operation, label, statuses in TOOLS
            if group.status in statuses and self.operation_allowed(request, operation, group)
        ]

    def _folio(self, request: HttpRequest, group: Group) -> dict[str, Any]:
        if group.folio is None:
            return {}
        return {
            "statement": folio_statement(folio_id=group.folio.pk),
            "invoices": list(invoices_of_folio(folio_id=group.folio.pk)),
            "balance": folio_balance(folio_id=group.folio.pk),
            "folio_tools": folio_tools(request, group.folio),
        }

    def create(self, request: HttpRequest) -> HttpResponse:
        """Write a new group of the chosen house."""
        choice = house_chosen(request, operation="group_manage")
        form = GroupForm(request.POST or None, house=choice.house)
        if request.method == "POST" and form.is_valid():
            try:
                group = group_create(
                    property_id=choice.house.pk, details=form.details(), actor=actor_of(request)
                )
            except DomainError as error:
                form_refused(form, error)
            else:
                text = gettext("%(group)s is written. Now its rooms.") % {"group": group}
                self.message_user(request, text, messages.SUCCESS)
                return redirect("admin:bookings_group_blocks", group.pk)
        return form_page(
            self,
            request,
            form=form,
            title=gettext("New group: %(house)s") % {"house": choice.house},
            submit_label=_("Save"),
            template="admin/bookings/group/new.html",
            context={"choice": choice},
        )

    def edit(self, request: HttpRequest, group_id: int) -> HttpResponse:
        """Write what has changed."""
        group = self.group_or_404(request, group_id, "group_manage")
        form = GroupForm(request.POST or None, house=group.property, group=group)
        if request.method == "POST" and form.is_valid():
            try:
                group_update(
                    group_id=group_id,
                    details=form.details(),
                    actor=actor_of(request),
                    version=form.cleaned_data["version"],
                )
            except DomainError as error:
                form_refused(form, error)
            else:
                self.message_user(request, _("It was saved."), messages.SUCCESS)
                return redirect(self.change_url(group_id))
        return form_page(self, request, form=form, title=_("Change"), submit_label=_("Save"), original=group)

    def group_or_404(self, request: HttpRequest, group_id: int, operation: str) -> Group:
        """The group, if the user may do this with it."""
        rows: Any = self.get_queryset(request)
        group: Group | None = (
            rows.select_related("property", "rate_plan", "folio").filter(pk=group_id).first()
        )
        if group is None:
            raise Http404
        if not self.operation_allowed(request, operation, group):
            raise PermissionDenied
        return group


def groups_page(request: HttpRequest) -> HttpResponse:
    """A house's groups with their pick-up and the countdown to their release. Three queries beyond the user's roles."""
    choice = house_chosen(request, model="bookings.group")
    now = timezone.now()
    found = Paginator(groups_of_house(property_id=choice.house.pk), GROUPS_PER_PAGE)
    page: Page[Any] = found.get_page(request.GET.get("page"))
    rows = [
        {
            "group": group,
            "percent": round(100 * group.taken / group.agreed) if group.agreed else None,
            "left": group.agreed - group.taken - group.returned,
            "is_open": group.status in OPEN_GROUP_STATUSES,
            "days_left": (group_release_at(group) - now).days,
        }
        for group in page
    ]
    context = {
        "title": _("Groups"),
        "choice": choice,
        "rows": rows,
        "page": page,
        "may_create": house_may(request, operation="group_manage"),
        "soon": COUNTDOWN_SOON_DAYS,
    }
    return staff_page(request, "admin/bookings/group/list.html", context)


def register() -> None:
    """Put the page of groups beside the others."""
    staff_page_register(
        key="groups",
        title=_("Groups"),
        order=50,
        path="groups/",
        view=groups_page,
        allowed=lambda request: house_may(request, model="bookings.group"),
    )
