"""Where rows are added, changed and deleted."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def add(model: str) -> str:
    return reverse(f"admin:{model.replace('.', '_')}_add")


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def delete(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_delete", args=[row.pk])
