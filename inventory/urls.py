"""The pages of search and of each house."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "inventory"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("hotels/<slug:slug>/", views.property_detail, name="property"),
    path("hotels/<slug:slug>/calendar/", views.calendar, name="calendar"),
    path("hotels/<slug:slug>/prices/<int:room_type_id>/", views.price_history_page, name="price_history"),
    path("calendars/<str:token>.ics", views.calendar_feed, name="calendar_feed"),
]
