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
    path("properties/<slug:slug>/reviews/", views.PropertyReviewListView.as_view(), name="property-reviews"),
    path("bookings/<str:reference>/review/", views.BookingReviewView.as_view(), name="booking-review"),
    path("reviews/", views.ReviewListView.as_view(), name="review-list"),
    path("reviews/<int:review_id>/moderate/", views.ReviewModerateView.as_view(), name="review-moderate"),
    path("reviews/<int:review_id>/reply/", views.ReviewReplyView.as_view(), name="review-reply"),
    path("reviews/<int:review_id>/report/", views.ReviewReportView.as_view(), name="review-report"),
    path("trips/", views.TripListView.as_view(), name="trip-list"),
    path("trips/<str:reference>/", views.TripView.as_view(), name="trip"),
    path(
        "trips/<str:reference>/bookings/<str:booking>/", views.TripBookingView.as_view(), name="trip-booking"
    ),
    path("trips/<str:reference>/share/", views.TripShareView.as_view(), name="trip-share"),
    path("trips/<str:reference>/calendar/", views.TripCalendarView.as_view(), name="trip-calendar"),
    path("trips/<str:reference>/pay/", views.TripPayView.as_view(), name="trip-pay"),
]
