from django.urls import URLPattern, URLResolver, path

from . import alerts, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("price-alerts/", alerts.AlertListView.as_view(), name="price-alert-list"),
    path("price-alerts/<str:reference>/", alerts.AlertView.as_view(), name="price-alert"),
    path("waitlist/", views.EntryListView.as_view(), name="waitlist"),
    path("waitlist/offers/<str:reference>/", views.OfferView.as_view(), name="waitlist-offer"),
    path(
        "waitlist/offers/<str:reference>/accept/",
        views.OfferAcceptView.as_view(),
        name="waitlist-offer-accept",
    ),
    path(
        "waitlist/offers/<str:reference>/decline/",
        views.OfferDeclineView.as_view(),
        name="waitlist-offer-decline",
    ),
    path("waitlist/<str:reference>/", views.EntryView.as_view(), name="waitlist-entry"),
    path("waitlist/<str:reference>/leave/", views.EntryLeaveView.as_view(), name="waitlist-leave"),
]
