"""Which line of ours, or of which template, is at work. It walks the stack, and is asked when something is wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

from django.conf import settings

LINES_MAX = 3
OURSELVES = str(Path(__file__).resolve().parent)
WRAPPERS = (OURSELVES, str(Path(OURSELVES).parent / "replicas"))
"""What stands around every query and asks for none itself."""


def own_lines() -> tuple[str, ...]:
    """Up to three places, innermost first: `bookings/views/lists.py:41 get`, or `bookings/list.html:12` of a template.

    Never empty: what no line of ours asked for is from "(outside)".
    """
    root = str(settings.BASE_DIR)
    lines: dict[str, str] = {}
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and len(lines) < LINES_MAX:
        place = _place(frame, root)
        if place is not None:
            lines.setdefault(*place)
        frame = frame.f_back
    return tuple(lines.values()) or ("(outside)",)


def _place(frame: FrameType, root: str) -> tuple[str, str] | None:
    """What to tell places apart by, and the place. Middleware, and whatever else is called as a whole, is not told."""
    code = frame.f_code
    if code.co_name == "render_annotated":
        return _template_place(frame)
    name = code.co_filename
    if code.co_name == "__call__" or not name.startswith(root):
        return None
    if "site-packages" in name or name.startswith((*WRAPPERS, f"{root}/.")):
        return None
    place = f"{name[len(root) + 1 :]}:{frame.f_lineno}"
    return place, f"{place} {code.co_name}"


def _template_place(frame: FrameType) -> tuple[str, str] | None:
    """The line of the template whose node is being rendered; the innermost one of each template."""
    node = frame.f_locals.get("self")
    name = getattr(getattr(node, "origin", None), "template_name", None)
    line = getattr(getattr(node, "token", None), "lineno", None)
    return (name, f"{name}:{line}") if name and line else None
