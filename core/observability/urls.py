"""Addresses for probes and operators."""

from django.urls import path

from core.observability import health, metrics_view

app_name = "health"

urlpatterns = [
    path("livez", health.LiveView.as_view(), name="live"),
    path("readyz", health.ReadyView.as_view(), name="ready"),
    path("metrics", metrics_view.MetricsView.as_view(), name="metrics"),
    path("api/health", health.HealthView.as_view(), name="health"),
    path("api/db/health", health.DatabaseHealthView.as_view(), name="database"),
]
