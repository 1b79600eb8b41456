from django.urls import path

from . import views

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
]
