from django.urls import include, path

from . import views
from .views import coming, groups, rooms, space_bookings, space_changes, spaces

one_booking = [
    path("", views.BookingView.as_view(), name="booking"),
    path("guest/", views.BookingGuestView.as_view(), name="booking-guest"),
    path("confirm/", views.BookingConfirmView.as_view(), name="booking-confirm"),
    path("pay/", views.BookingPayView.as_view(), name="booking-pay"),
    path("payments/", views.PaymentListView.as_view(), name="booking-payments"),
    path("invoices/", views.InvoiceListView.as_view(), name="booking-invoices"),
    path("invoices/<str:number>/pdf/", views.InvoicePdfView.as_view(), name="booking-invoice-pdf"),
    path("cancellation/", views.CancellationView.as_view(), name="booking-cancellation"),
    path("cancel/", views.BookingCancelView.as_view(), name="booking-cancel"),
    path("change/preview/", views.BookingChangePreviewView.as_view(), name="booking-change-preview"),
    path("change/", views.BookingChangeView.as_view(), name="booking-change"),
    path("changes/", views.BookingChangesView.as_view(), name="booking-changes"),
    path("calendar.ics", views.CalendarView.as_view(), name="booking-calendar"),
    path("review/", views.BookingReviewView.as_view(), name="booking-review"),
    path("check-in/", coming.BookingCheckInView.as_view(), name="booking-check-in"),
    path("check-out/", coming.BookingCheckOutView.as_view(), name="booking-check-out"),
    path("rooms/", rooms.BookingRoomsView.as_view(), name="booking-rooms"),
    path("rooms/free/", rooms.FreeRoomsView.as_view(), name="booking-rooms-free"),
    path("rooms/<int:room_index>/", rooms.BookingRoomView.as_view(), name="booking-room"),
]
one_group = [
    path("", groups.GroupDetailsView.as_view(), name="group"),
    path("blocks/", groups.GroupBlocksView.as_view(), name="group-blocks"),
    path("release/", groups.GroupReleaseView.as_view(), name="group-release"),
    path("rooming-list/", groups.GroupRoomingListView.as_view(), name="group-rooming-list"),
]
one_review = [
    path("moderate/", views.ReviewModerateView.as_view(), name="review-moderate"),
    path("reply/", views.ReviewReplyView.as_view(), name="review-reply"),
    path("report/", views.ReviewReportView.as_view(), name="review-report"),
]
one_trip = [
    path("", views.TripView.as_view(), name="trip"),
    path("bookings/<str:booking>/", views.TripBookingView.as_view(), name="trip-booking"),
    path("share/", views.TripShareView.as_view(), name="trip-share"),
    path("calendar/", views.TripCalendarView.as_view(), name="trip-calendar"),
    path("pay/", views.TripPayView.as_view(), name="trip-pay"),
]
one_space_booking = [
    path("", space_bookings.SpaceBookingView.as_view(), name="space-booking"),
    path("pay/", space_bookings.SpaceBookingPayView.as_view(), name="space-booking-pay"),
    path("cancel/", space_changes.SpaceBookingCancelView.as_view(), name="space-booking-cancel"),
    path("change/", space_changes.SpaceBookingChangeView.as_view(), name="space-booking-change"),
    path("approve/", space_changes.SpaceBookingApproveView.as_view(), name="space-booking-approve"),
    path("decline/", space_changes.SpaceBookingDeclineView.as_view(), name="space-booking-decline"),
    path("check-in/", space_changes.SpaceBookingCheckInView.as_view(), name="space-booking-check-in"),
]
spaces_of_house = [
    path("", spaces.SpaceListView.as_view(), name="space-list"),
    path("<slug:space_slug>/free/", spaces.SpaceFreeView.as_view(), name="space-free"),
]
urlpatterns = [
    path("bookings/", views.BookingListView.as_view(), name="booking-list"),
    path("bookings/lookup/", views.BookingLookupView.as_view(), name="booking-lookup"),
    path("bookings/<str:reference>/", include(one_booking)),
    path("properties/<slug:slug>/reviews/", views.PropertyReviewListView.as_view(), name="property-reviews"),
    path("properties/<slug:slug>/spaces/", include(spaces_of_house)),
    path("reviews/", views.ReviewListView.as_view(), name="review-list"),
    path("reviews/<int:review_id>/", include(one_review)),
    path("trips/", views.TripListView.as_view(), name="trip-list"),
    path("trips/<str:reference>/", include(one_trip)),
    path("spaces/quotes/", spaces.SpaceQuoteView.as_view(), name="space-quote"),
    path("spaces/<int:space_id>/calendar-feed/", spaces.SpaceFeedView.as_view(), name="space-feed"),
    path("space-bookings/", space_bookings.SpaceBookingListView.as_view(), name="space-booking-list"),
    path("space-bookings/<str:reference>/", include(one_space_booking)),
    path("properties/<slug:slug>/housekeeping/", rooms.HousekeepingView.as_view(), name="housekeeping"),
    path("rooms/<int:room_id>/housekeeping/", rooms.RoomHousekeepingView.as_view(), name="room-housekeeping"),
    path("groups/", groups.GroupListView.as_view(), name="group-list"),
    path("groups/<int:group_id>/", include(one_group)),
]
