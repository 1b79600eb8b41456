"""The pages of booking and of each booking."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "bookings"
urlpatterns = [
    path("book/<int:room_type_id>/<int:rate_plan_id>/", views.start, name="start"),
    path("booking/<str:reference>/", views.detail, name="detail"),
    path("booking/<str:reference>/guest/", views.guest, name="guest"),
    path("booking/<str:reference>/arrival/", views.arrival, name="arrival"),
    path("booking/<str:reference>/pay/", views.pay, name="pay"),
    path("booking/<str:reference>/pay/card/", views.pay_card, name="pay_card"),
    path("booking/<str:reference>/return/", views.payment_return, name="return"),
    path("booking/<str:reference>/status/", views.status, name="status"),
    path("booking/<str:reference>/cancel/", views.cancel, name="cancel"),
    path("booking/<str:reference>/calendar.ics", views.calendar_file, name="ical"),
    path("booking/<str:reference>/review/", views.review, name="review"),
    path("booking/<str:reference>/review/remove/", views.review_remove, name="review_remove"),
    path("hotels/<slug:slug>/reviews/", views.property_reviews, name="property_reviews"),
    path("reviews/<int:review_id>/report/", views.report, name="review_report"),
    path("trips/", views.trip_new, name="trip_new"),
    path("trips/stop/", views.trip_stop, name="trip_stop"),
    path("trips/<str:reference>/", views.trip, name="trip"),
    path("trips/<str:reference>/do/", views.trip_do, name="trip_do"),
    path("trips/<str:reference>/pay/", views.trip_pay, name="trip_pay"),
    path("trips/<str:reference>/return/", views.trip_return, name="trip_return"),
    path("trips/<str:reference>/shared/<str:secret>/", views.trip_shared, name="trip_shared"),
    path("trips/<str:reference>/calendar/<str:secret>.ics", views.trip_calendar, name="trip_calendar"),
    path("my/", views.dashboard, name="dashboard"),
    path("my/bookings/", views.booking_list, name="list"),
    path("find-booking/", views.lookup, name="lookup"),
]
