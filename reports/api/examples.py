"""Examples in the API description of reports."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample

from reports.files import MIME_TYPES, FileFormat

_WORDS = {
    "key": "occupancy",
    "title": "Occupancy, ADR and RevPAR",
    "formula": "Occupancy = sold / available. ADR = room revenue / sold.",
    "source": "STR: A guide to our terminology and definitions",
}

REPORT_LIST = OpenApiExample(
    "A report",
    value=[
        {
            **_WORDS,
            "description": "How full the house is, and what a room earns.",
            "compares": True,
            "parameters": [
                {
                    "key": "by",
                    "label": "By",
                    "default": "day",
                    "choices": ["day", "week", "month", "room_type", "property"],
                }
            ],
        }
    ],
    response_only=True,
    status_codes=["200"],
    media_type="application/json",
)
REPORT = OpenApiExample(
    "Two nights",
    value={
        **_WORDS,
        "period": {"first": "2026-05-29", "last": "2026-05-30"},
        "compared_with": {"first": "2026-05-27", "last": "2026-05-28"},
        "properties": [{"id": 7, "slug": "casa-do-cais", "name": "Casa do Cais"}],
        "options": {"by": "day"},
        "columns": [
            {"key": "bucket", "label": "Day", "kind": "date"},
            {"key": "sold", "label": "Sold", "kind": "int"},
            {"key": "occupancy", "label": "Occupancy", "kind": "percent"},
            {"key": "adr", "label": "ADR", "kind": "money"},
        ],
        "rows": [
            {
                "key": "0:EUR",
                "currency": "EUR",
                "cells": {"bucket": "2026-05-29", "sold": "18", "occupancy": "75.0000", "adr": "118.20"},
                "before": {"bucket": "2026-05-27", "sold": "12", "occupancy": "50.0000", "adr": "109.00"},
            }
        ],
        "totals": [],
        "notes": [],
    },
    response_only=True,
    status_codes=["200"],
    media_type="application/json",
)
REPORT_CSV = OpenApiExample(
    "Two nights as CSV",
    value='"Day","Sold","Occupancy","ADR (EUR)"\r\n"2026-05-29",18,0.75,118.20\r\n',
    response_only=True,
    status_codes=["200"],
    media_type="text/csv",
)


def _file(name: str, media_type: str) -> OpenApiExample:
    return OpenApiExample(
        name, value="(a file)", response_only=True, status_codes=["200"], media_type=media_type
    )


REPORT_FILES = [
    _file(f"As {name.value.upper()}", MIME_TYPES[name]) for name in (FileFormat.XLSX, FileFormat.PDF)
]
