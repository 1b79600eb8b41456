"""What reports hold about people: lists that staff have exported, which are gone after `EXPORT_DAYS`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.privacy import holds, holds_nothing
from accounts.privacy.retention import retention
from core.private_files import private_storage
from reports.models import Export

FIGURES = "figures; nobody is named"


def _files_delete(keys: Sequence[Any], _at: datetime) -> None:
    storage = private_storage()
    for name in Export.objects.filter(pk__in=keys).exclude(file="").values_list("file", flat=True):
        storage.delete(name)


holds(
    "reports.export",
    title=_("Lists that you have exported"),
    scans=True,
    order=700,
    find=lambda person: person.by_user("requested_by") | person.by_text("query"),
    shown=("created_at", "kind", "file_format", "state", "rows_total"),
    personal=("query", "error"),
    secret=("file",),
    plain=("uid", "language", "property_ids"),
    prepare=_files_delete,
    erase="delete",
)
holds_nothing("reports.dailystat", "currency", reason=FIGURES)
holds_nothing("reports.dailystatmark", reason=FIGURES)
holds_nothing("reports.propertygroup", "name", reason="names of groups of houses")
holds_nothing("reports.propertygroup_properties", reason=FIGURES)
holds_nothing(
    "reports.reportschedule", "report question rhythm file_format", reason="which report goes out when"
)
holds(
    "reports.reportschedule_recipients",
    order=701,
    find=lambda person: person.by_user("user"),
    erase="delete",
)
retention("exports", title=_("files of exports"), job="reports.files_delete", setting="EXPORT_DAYS")
