"""The pages of guests who wait."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "waitlist"
urlpatterns: list[URLPattern | URLResolver] = []
