"""The site's addresses, and below `bench/` the floors and the naive ways that they are compared with."""

from __future__ import annotations

from django.urls import include, path

from benchmarks import floors, naive
from config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("bench/empty/", floors.empty),
    path("bench/empty-api/", floors.EmptyView.as_view()),
    path("bench/naive/room-types/<slug:slug>/", naive.room_types),
    path("bench/naive/availability/<slug:slug>/", naive.availability),
    path("bench/naive/search/", naive.search),
    path("bench/naive/bookings/", naive.bookings),
    path("bench/naive/book/", naive.book),
    path("bench/naive/dashboard/", naive.dashboard),
    path("bench/naive/prices/<int:room_type_id>/", naive.prices),
    path("bench/naive/reviews/<slug:slug>/", naive.reviews),
    path("bench/naive/report/", naive.report),
    path("", include(urlpatterns)),
]
