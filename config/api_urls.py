"""The REST API: one place that names its version and gathers the routes of the apps."""

from __future__ import annotations

from django.urls import include, path

from config.api_views import DocsView, IndexView, SchemaView
from core.api.views import CacheStatsView

app_name = "api"

v1 = [
    path("", include("accounts.api.urls")),
    path("", include("inventory.api.urls")),
    path("", include("bookings.api.urls")),
    path("", include("payments.api.urls")),
    path("", include("notifications.api.inbox_urls")),
    path("", include("notifications.api.webhook_urls")),
    path("", include("waitlist.api.urls")),
    path("", include("reports.api.urls")),
]

urlpatterns = [
    path("", IndexView.as_view(), name="index"),
    path("v1/", include(v1)),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(url_name="api:schema"), name="docs"),
    path("system/cache-stats", CacheStatsView.as_view(), name="cache-stats"),
]
