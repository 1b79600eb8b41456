"""The pages of booking and of each booking."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "bookings"
urlpatterns = [
    path("book/<int:room_type_id>/<int:rate_plan_id>/", views.start, name="start"),
    path("booking/<str:reference>/", views.detail, name="detail"),
    path("booking/<str:reference>/guest/", views.guest, name="guest"),
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
    path("my/", views.dashboard, name="dashboard"),
    path("my/bookings/", views.booking_list, name="list"),
    path("find-booking/", views.lookup, name="lookup"),
]
