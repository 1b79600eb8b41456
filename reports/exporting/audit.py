"""The log of changes as it is searched, as a file."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.admin.audit import LogForm
from accounts.models import User
from core.audit.selectors import entries_found
from core.models.audit import Operation, Origin
from core.tabular import Kind
from inventory.models import Property

from .sources import ExportColumn, ExportSource, export_source_register


def audit_rows(_user: User, query: str, house_ids: list[int] | None) -> QuerySet[Any]:
    """Return entries, newest first, as the log's page finds them with the same address; names beside the numbers."""
    form = LogForm(QueryDict(query), house_ids=house_ids)
    form.is_valid()
    who = User.objects.filter(pk=OuterRef("user_id")).order_by().values("email")
    house = Property.objects.filter(pk=OuterRef("property_id")).order_by().values("name")
    return (
        entries_found(form.wanted(house_ids))
        .order_by("-id")
        .annotate(
            who=Subquery(who),
            house=Subquery(house),
            **{f"{name}_text": Cast(name, TextField()) for name in ("keys", "before", "after")},
        )
    )


export_source_register(
    ExportSource(
        key="audit",
        label=_("Log of changes"),
        model="core.auditentry",
        rows=audit_rows,
        operation="audit_read",
        is_list=False,
        columns=(
            ExportColumn("pk", _("Number"), Kind.INT),
            ExportColumn("at", pgettext_lazy("audit", "When"), Kind.DATETIME),
            ExportColumn("who", pgettext_lazy("audit", "Who")),
            ExportColumn("operation", _("What was done"), words=dict(Operation.choices)),
            ExportColumn("model", _("Kind")),
            ExportColumn("object_id", _("Object")),
            ExportColumn("house", _("Property")),
            ExportColumn("keys_text", _("Rows")),
            ExportColumn("before_text", _("Before")),
            ExportColumn("after_text", _("After")),
            ExportColumn("origin", _("By way of"), words=dict(Origin.choices)),
            ExportColumn("place", pgettext_lazy("audit", "Where")),
            ExportColumn("ip", _("IP address")),
            ExportColumn("request_id", _("Request")),
        ),
    )
)
