from django.urls import URLPattern, URLResolver, path

from . import views

urlpatterns: list[URLPattern | URLResolver] = [
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
