from django.urls import path

from . import views

urlpatterns = [
    path("bookings/", views.BookingListView.as_view(), name="booking-list"),
    path("bookings/lookup/", views.BookingLookupView.as_view(), name="booking-lookup"),
    path("bookings/<str:reference>/", views.BookingView.as_view(), name="booking"),
    path("bookings/<str:reference>/guest/", views.BookingGuestView.as_view(), name="booking-guest"),
    path("bookings/<str:reference>/confirm/", views.BookingConfirmView.as_view(), name="booking-confirm"),
    path("bookings/<str:reference>/pay/", views.BookingPayView.as_view(), name="booking-pay"),
    path("bookings/<str:reference>/payments/", views.PaymentListView.as_view(), name="booking-payments"),
    path(
        "bookings/<str:reference>/cancellation/",
        views.CancellationView.as_view(),
        name="booking-cancellation",
    ),
    path("bookings/<str:reference>/cancel/", views.BookingCancelView.as_view(), name="booking-cancel"),
    path("bookings/<str:reference>/calendar.ics", views.CalendarView.as_view(), name="booking-calendar"),
]
