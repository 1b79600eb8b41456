"""The pages of guests who wait."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "waitlist"
urlpatterns: list[URLPattern | URLResolver] = [
    path("hotels/<slug:slug>/waitlist/", views.join, name="join"),
    path("my/waitlist/", views.entry_list, name="list"),
    path("waitlist/offer/<str:reference>/", views.offer, name="offer"),
    path("waitlist/<str:reference>/", views.entry, name="entry"),
]
