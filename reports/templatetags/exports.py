"""The button that exports a list of the administration as it is shown."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Model

from accounts.scoping import access_of
from reports.exporting import export_source_of_list
from reports.services.exporting import source_house_ids

register = template.Library()


@register.inclusion_tag("admin/reports/parts/export_tool.html", takes_context=True)
def export_tool(context: dict[str, Any], model: type[Model]) -> dict[str, Any]:
    """A list item for the tools of a model's list; nothing where it cannot be exported, or not by the reader."""
    request = context["request"]
    source = export_source_of_list(model._meta.label_lower)
    is_allowed = source is not None and source_house_ids(source, access_of(request)) != []
    return {"source": source if is_allowed else None, "query": request.GET.urlencode()}
