"""What is done with a group: its rooms, a pick-up, the rooming list in and out, release, cancellation."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.scoping import PropertyScopedAdmin, actor_of
from bookings.group_types import RoomingList
from bookings.models import OPEN_GROUP_STATUSES, Group, GroupStatus
from bookings.rooming_lists import rooming_table
from bookings.selectors.groups import group_bookings
from bookings.services.groups import (
    group_blocks_cut,
    group_blocks_set,
    group_cancel,
    group_pick_up,
    group_release,
    rooming_list_book,
    rooming_list_read,
)
from core.admin import form_page, form_refused
from core.exceptions import DomainError
from core.tabular import table_csv, table_xlsx

from .group_forms import BlockForm, ConfirmForm, GroupCancelForm, PickUpForm, RoomingForm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_CANCELLED = (*OPEN_GROUP_STATUSES, GroupStatus.RELEASED)

TOOLS = (
    ("pick_up", "group_manage", _("Book a room"), NOT_CANCELLED),
    ("rooming", "group_manage", _("Rooming list"), NOT_CANCELLED),
    ("blocks", "group_manage", _("Rooms of the group"), OPEN_GROUP_STATUSES),
    ("edit", "group_manage", _("Change"), OPEN_GROUP_STATUSES),
    ("cut", "group_manage", _("Give back what is left"), OPEN_GROUP_STATUSES),
    ("release", "group_manage", _("Release now"), OPEN_GROUP_STATUSES),
    ("cancel", "group_cancel", _("Cancel the group"), NOT_CANCELLED),
)
"""Page, operation of the roles' table, label, and the states in which it is offered."""


class GroupPages(PropertyScopedAdmin):
    """Adds these pages to the admin of groups."""

    if TYPE_CHECKING:

        def group_or_404(self, request: HttpRequest, group_id: int, operation: str) -> Group: ...

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        pages = {
            "blocks": self.blocks,
            "pick_up": self.pick_up,
            "rooming": self.rooming,
            "rooming_list": self.rooming_list,
            "cut": self.cut,
            "release": self.release,
            "cancel": self.cancel,
        }
        return [
            *(
                path(f"<int:group_id>/{name.replace('_', '-')}/", view(page), name=f"bookings_group_{name}")
                for name, page in pages.items()
            ),
            *super().get_urls(),
        ]

    def blocks(self, request: HttpRequest, group_id: int) -> HttpResponse:
        """Agree on rooms."""
        group = self.group_or_404(request, group_id, "group_manage")
        form = BlockForm(request.POST or None, group=group)

        def act() -> str:
            values = form.cleaned_data
            rows = group_blocks_set(
                group_id=group_id,
                room_type_id=values["room_type"].pk,
                nights=form.nights(),
                rooms=values["rooms"],
                price=values["price"],
                actor=actor_of(request),
            )
            text = ngettext("%(count)d night is written.", "%(count)d nights are written.", len(rows))
            return text % {"count": len(rows)}

        return self._page(request, group, form, act, title=_("Rooms of the group"), label=_("Save"))

    def pick_up(self, request: HttpRequest, group_id: int) -> HttpResponse:
        """Book one room."""
        group = self.group_or_404(request, group_id, "group_manage")
        form = PickUpForm(request.POST or None, group=group)

        def act() -> str:
            booking = group_pick_up(group_id=group_id, room=form.room(), actor=actor_of(request))
            return gettext("%(booking)s is booked and confirmed.") % {"booking": booking}

        return self._page(request, group, form, act, title=_("Book a room"), label=_("Book"))

    def rooming(self, request: HttpRequest, group_id: int) -> HttpResponse:
        """Look at a rooming list line by line, then book it as a whole."""
        group = self.group_or_404(request, group_id, "group_manage")
        form = RoomingForm(request.POST or None, request.FILES or None)
        found: RoomingList | None = None
        if request.method == "POST" and form.is_valid():
            try:
                found = rooming_list_read(group=group, file=BytesIO(form.content))
                if "book" in request.POST and found.is_clean:
                    picked = rooming_list_book(
                        group_id=group_id,
                        file=BytesIO(form.content),
                        actor=actor_of(request),
                        is_told=form.cleaned_data["is_told"],
                    )
                    text = gettext("%(made)d rooms are booked, %(known)d were booked before.")
                    counts = {"made": len(picked.made), "known": len(picked.known) + found.listed}
                    self.message_user(request, text % counts, messages.SUCCESS)
                    return redirect(self.change_url(group_id))
            except DomainError as error:
                form_refused(form, error)
            form.data = {**request.POST.dict(), "kept": form.content_kept()}
        return form_page(
            self,
            request,
            form=form,
            title=_("Rooming list"),
            submit_label=_("Look at it"),
            original=group,
            template="admin/bookings/group/rooming.html",
            context={"found": found},
        )

    def rooming_list(self, request: HttpRequest, group_id: int) -> HttpResponse:
        """Give the rooming list as a file, as it can be imported again."""
        group = self.group_or_404(request, group_id, "group_manage")
        table = rooming_table(group_bookings(group_id=group.pk))
        if request.GET.get("format") == "csv":
            response = HttpResponse(b"".join(table_csv(table)), content_type="text/csv; charset=utf-8")
            response["Content-Disposition"] = f'attachment; filename="rooming-list-{group.pk}.csv"'
            return response
        response = HttpResponse(table_xlsx(table), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="rooming-list-{group.pk}.xlsx"'
        return response

    def cut(self, request: HttpRequest, group_id: int) -> HttpResponse:
        """Give back what nobody has picked up; the group goes on."""
        group = self.group_or_404(request, group_id, "group_manage")

        def act() -> str:
            return _freed(group_blocks_cut(group_id=group_id, actor=actor_of(request)))

        form = ConfirmForm({} if request.method == "POST" else None)
        return self._page(
            request, group, form, act, title=_("Give back what is left"), label=_("Give back what is left")
        )

    def release(self, request: HttpRequest, group_id: int) -> HttpResponse:
        """Release the group before its day."""
        group = self.group_or_404(request, group_id, "group_manage")

        def act() -> str:
            return _freed(group_release(group_id=group_id, actor=actor_of(request)))

        form = ConfirmForm({} if request.method == "POST" else None)
        return self._page(request, group, form, act, title=_("Release now"), label=_("Release now"))

    def cancel(self, request: HttpRequest, group_id: int) -> HttpResponse:
        """Call the group off."""
        group = self.group_or_404(request, group_id, "group_cancel")
        form = GroupCancelForm(request.POST or None)

        def act() -> str:
            values = form.cleaned_data
            report = group_cancel(
                group_id=group_id,
                actor=actor_of(request),
                reason=values["reason"],
                with_bookings=values["with_bookings"],
                waive_fee=values["waive_fee"],
            )
            for line in report.kept:
                self.message_user(request, line, messages.ERROR)
            text = gettext("The group is cancelled, and %(count)d bookings with it.")
            return text % {"count": len(report.cancelled)}

        return self._page(request, group, form, act, title=_("Cancel the group"), label=_("Cancel the group"))

    def _page(
        self,
        request: HttpRequest,
        group: Group,
        form: Any,
        act: Callable[[], str],
        *,
        title: str | Promise,
        label: str | Promise,
    ) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                self.message_user(request, act(), messages.SUCCESS)
            except DomainError as error:
                form_refused(form, error)
            else:
                return redirect(self.change_url(group.pk))
        return form_page(self, request, form=form, title=title, submit_label=label, original=group)


def _freed(count: int) -> str:
    text = ngettext(
        "%(count)d room night is on sale again.", "%(count)d room nights are on sale again.", count
    )
    return text % {"count": count}
