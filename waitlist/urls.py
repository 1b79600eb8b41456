"""The pages of guests who wait."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import views
from .views import alerts

app_name = "waitlist"
urlpatterns: list[URLPattern | URLResolver] = [
    path("hotels/<slug:slug>/waitlist/", views.join, name="join"),
    path("my/waitlist/", views.entry_list, name="list"),
    path("waitlist/offer/<str:reference>/", views.offer, name="offer"),
    path("waitlist/<str:reference>/", views.entry, name="entry"),
    path("alerts/", alerts.alert_list, name="alerts"),
    path("alerts/sent/", alerts.alert_sent, name="alert_sent"),
    path("hotels/<slug:slug>/alerts/new/", alerts.alert_new, name="alert_new"),
    path("alerts/<str:reference>/", alerts.alert_detail, name="alert"),
    path("alerts/<str:reference>/delete/", alerts.alert_remove, name="alert_delete"),
    path("alerts/<str:reference>/<str:token>/", alerts.alert_detail, name="alert_by_token"),
    path("alerts/<str:reference>/<str:token>/delete/", alerts.alert_remove, name="alert_delete_by_token"),
    path("alerts/<str:reference>/<str:token>/confirm/", alerts.alert_confirm_address, name="alert_confirm"),
]
