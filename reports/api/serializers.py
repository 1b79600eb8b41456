"""What programs are told about reports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.exceptions import ValidationFailed
from reports.asking import Asked
from reports.questions import FIRST, HOUSE, LAST, OWN_KEYS, PERIOD
from reports.report import Report
from reports.types import Cell, Period, ReportColumn, ReportResult, ReportRow

PROPERTY, FORMAT = "property", "format"

Serializer = serializers.Serializer[Any]
Cells = dict[str, Any]


class ParameterSerializer(Serializer):
    """Something a report can be asked besides properties and days."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    default = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField(), help_text="Empty: a whole number.")


class ReportSummarySerializer(Serializer):
    """One report of the list."""

    key = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    formula = serializers.CharField(help_text="How its figures are made.")
    source = serializers.CharField(help_text="Whose definition that is.")  # type: ignore[assignment]
    compares = serializers.BooleanField(help_text="Whether it can be compared with another period.")
    parameters = ParameterSerializer(many=True)


class DaysSerializer(Serializer):
    """Days, both included."""

    first = serializers.DateField()
    last = serializers.DateField()


class ReportPropertySerializer(Serializer):
    """A property that the report is about."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()


class ReportColumnSerializer(Serializer):
    """A column. Money is in the row's currency, a percentage is 0 to 100."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=["text", "date", "int", "decimal", "money", "percent"])


class ReportRowSerializer(Serializer):
    """A line: cells by the keys of the columns; decimals are strings, null means that there is no figure."""

    key = serializers.CharField()
    currency = serializers.CharField(help_text="ISO 4217; empty where there is no money.")
    cells = serializers.DictField(child=serializers.CharField(allow_null=True))
    before = serializers.DictField(
        child=serializers.CharField(allow_null=True),
        allow_null=True,
        help_text="The same line in the period that is compared with; null without one.",
    )


class ReportAnswerSerializer(Serializer):
    """The answer of a report."""

    key = serializers.CharField()
    title = serializers.CharField()
    formula = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    period = DaysSerializer()
    compared_with = DaysSerializer(allow_null=True)
    properties = ReportPropertySerializer(many=True)
    options = serializers.DictField(child=serializers.CharField())
    columns = ReportColumnSerializer(many=True)
    rows = ReportRowSerializer(many=True)
    totals = ReportRowSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())


def query_of(report: Report, query: dict[str, list[Any]]) -> dict[str, list[str]]:
    """Return a program's query as the pages have it. Raises `ValidationFailed` for a parameter that does not exist."""
    known = (OWN_KEYS - {HOUSE}) | {PROPERTY, FORMAT} | {parameter.key for parameter in report.parameters}
    unknown = sorted(set(query) - known)
    if unknown:
        raise ValidationFailed(_("There is no such parameter."), code="unknown_field", field=unknown[0][:80])
    if PERIOD in query and (FIRST in query or LAST in query):
        raise ValidationFailed(_("Ask for a period, or from and to."), field=PERIOD)
    asked = {key: [str(value) for value in values] for key, values in query.items() if key != FORMAT}
    if PROPERTY in asked:
        asked[HOUSE] = [part for value in asked.pop(PROPERTY) for part in value.split(",")]
    return asked


def summary_document(report: Report) -> dict[str, Any]:
    """Return a report as the list has it."""
    return {
        "key": report.key,
        "title": report.title,
        "description": report.description,
        "formula": report.formula,
        "source": report.source,
        "compares": report.compares,
        "parameters": [
            {
                "key": parameter.key,
                "label": parameter.label,
                "default": str(parameter.default),
                "choices": [key for key, _label in parameter.choices],
            }
            for parameter in report.parameters
        ],
    }


def report_document(asked: Asked, result: ReportResult) -> dict[str, Any]:
    """Return the answer of a report."""
    report, columns = asked.report, result.table.columns
    totals_before = {row.currency: row for row in result.compared.table.totals} if result.compared else {}
    return {
        "key": report.key,
        "title": str(report.title),
        "formula": str(report.formula),
        "source": str(report.source),
        "period": _days(result.period),
        "compared_with": _days(result.compared.period) if result.compared else None,
        "properties": [
            {"id": house.id, "slug": house.slug, "name": house.name} for house in asked.choice.chosen
        ],
        "options": {
            key: str(value) for key, value in asked.report.options_clean(asked.question.options).items()
        },
        "columns": [
            {"key": column.key, "label": str(column.label), "kind": column.kind.value} for column in columns
        ],
        "rows": [_row(columns, row, other) for row, other in result.pairs()],
        "totals": [_row(columns, row, totals_before.get(row.currency)) for row in result.table.totals],
        "notes": [str(note) for note in result.notes],
    }


def _days(period: Period) -> dict[str, str]:
    return {"first": period.start.isoformat(), "last": period.last.isoformat()}


def _row(columns: tuple[ReportColumn, ...], row: ReportRow, other: ReportRow | None) -> Cells:
    return {
        "key": row.key,
        "currency": row.currency,
        "cells": _cells(columns, row),
        "before": _cells(columns, other) if other else None,
    }


def _cells(columns: tuple[ReportColumn, ...], row: ReportRow) -> Cells:
    return {column.key: _plain(row.cells.get(column.key)) for column in columns}


def _plain(value: Cell) -> str | None:
    if value is None:
        return None
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
