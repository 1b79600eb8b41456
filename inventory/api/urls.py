from django.urls import path

from . import views
from .views import calendars

urlpatterns = [
    path("properties/", views.PropertyListView.as_view(), name="property-list"),
    path("properties/<slug:slug>/", views.PropertyView.as_view(), name="property"),
    path("properties/<slug:slug>/room-types/", views.RoomTypeListView.as_view(), name="room-type-list"),
    path(
        "properties/<slug:slug>/room-types/<int:room_type_id>/price-history/",
        views.PriceHistoryView.as_view(),
        name="price-history",
    ),
    path("properties/<slug:slug>/rate-plans/", views.RatePlanListView.as_view(), name="rate-plan-list"),
    path("properties/<slug:slug>/availability/", views.AvailabilityView.as_view(), name="availability"),
    path("properties/<slug:slug>/calendar/", views.CalendarView.as_view(), name="calendar"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("availability/batch/", views.AvailabilityBatchView.as_view(), name="availability-batch"),
    path("quotes/", views.QuoteView.as_view(), name="quote"),
    path("external-calendars/", calendars.CalendarListView.as_view(), name="external-calendar-list"),
    path(
        "external-calendars/<int:calendar_id>/",
        calendars.CalendarDetailView.as_view(),
        name="external-calendar",
    ),
    path(
        "external-calendars/<int:calendar_id>/fetch/",
        calendars.CalendarFetchView.as_view(),
        name="external-calendar-fetch",
    ),
    path(
        "external-calendars/<int:calendar_id>/accept/",
        calendars.CalendarAcceptView.as_view(),
        name="external-calendar-accept",
    ),
    path("calendar-conflicts/", calendars.ConflictListView.as_view(), name="calendar-conflict-list"),
    path(
        "calendar-conflicts/<int:conflict_id>/resolve/",
        calendars.ConflictResolveView.as_view(),
        name="calendar-conflict-resolve",
    ),
    path("room-types/<int:room_type_id>/calendar-feed/", calendars.FeedView.as_view(), name="calendar-feed"),
]
