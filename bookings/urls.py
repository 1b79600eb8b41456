"""The pages of booking and of each booking."""

from __future__ import annotations

from django.urls import path

from . import views
from .views import spaces

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
    path("booking/<str:reference>/change/", views.change, name="change"),
    path("booking/<str:reference>/cancel/", views.cancel, name="cancel"),
    path("booking/<str:reference>/calendar.ics", views.calendar_file, name="ical"),
    path("booking/<str:reference>/extras/", views.extras, name="extras"),
    path("booking/<str:reference>/invoices/<str:number>.pdf", views.invoice_file, name="invoice"),
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
    path("hotels/<slug:slug>/spaces/", spaces.space_list, name="spaces"),
    path("hotels/<slug:slug>/spaces/<slug:space_slug>/", spaces.space_detail, name="space"),
    path("hotels/<slug:slug>/spaces/<slug:space_slug>/book/", spaces.space_new, name="space_new"),
    path("spaces/<str:reference>/", spaces.space_booking, name="space_booking"),
    path("spaces/<str:reference>/pay/", spaces.space_pay, name="space_pay"),
    path("spaces/<str:reference>/return/", spaces.space_return, name="space_return"),
    path("spaces/<str:reference>/cancel/", spaces.space_cancel, name="space_cancel"),
    path("spaces/<str:reference>/change/", spaces.space_change, name="space_change"),
    path("spaces/<str:reference>/check-in/", spaces.space_check_in, name="space_check_in"),
    path("spaces/<str:reference>/calendar.ics", spaces.space_ical, name="space_ical"),
    path("space-calendars/<str:token>.ics", spaces.space_feed, name="space_feed"),
    path("my/", views.dashboard, name="dashboard"),
    path("my/bookings/", views.booking_list, name="list"),
    path("find-booking/", views.lookup, name="lookup"),
]
