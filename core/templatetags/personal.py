"""Parts of a page that are not the same for everybody."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def personal(context: Context, template_name: str) -> SafeString:
    """Include a template that looks at the visitor, and at nothing else of the page's context.

    A page that is stored for everybody has a hole here, which is filled for each visitor.
    """
    request: Any = context.get("request")
    holes = getattr(request, "page_holes", None)
    if holes is not None:
        return mark_safe(holes.leave(template_name))  # noqa: S308 - letters and digits
    engine: Any = context.template
    return engine.engine.get_template(template_name).render(context)
