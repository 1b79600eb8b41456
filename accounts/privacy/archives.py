"""All that is held about a person as one ZIP: a page to read, a file for each kind of data, invoices as they are."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi

from .declaring import files_of
from .people import Person
from .telling import person_told


def person_archive(person: Person, *, at: datetime | None = None) -> bytes:
    """The archive, in the active language."""
    at = at or timezone.now()
    sections = person_told(person)
    files = files_of(person)
    page = render_to_string(
        "accounts/personal_data/archive.html",
        {
            "sections": sections,
            "files": [name for name, _content in files],
            "site_name": settings.SITE_NAME,
            "made_at": at,
            "language": get_language(),
            "direction": "rtl" if get_language_bidi() else "ltr",
        },
    )
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page)
        for section in sections:
            archive.writestr(f"data/{section.file_name}", _json(section.as_json()))
        everything = {
            "made_at": at.isoformat(),
            "data": {section.model: section.as_json() for section in sections},
        }
        archive.writestr("data.json", _json(everything))
        for name, content in files:
            archive.writestr(name, content)
    return stored.getvalue()


def archive_name(at: datetime) -> str:
    """What the file is called: nobody's name, because files lie about."""
    return f"personal-data-{at:%Y-%m-%d}.zip"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
