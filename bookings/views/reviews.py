"""Reviews: writing one from the mail's link, reading a house's, and reporting one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from bookings.exceptions import EditConflict, ReviewInvalid
from bookings.forms import ReportForm, ReviewForm
from bookings.models import Booking, Review, ReviewStatus
from bookings.selectors.reviews import (
    rating_of,
    review_get,
    review_is_editable,
    review_is_possible,
    review_of_booking,
    reviews_page,
)
from bookings.services.reviews import (
    review_author_erase,
    review_change,
    review_report,
    review_withdraw,
    review_write,
)
from core.api.throttling import client_of, rate_limited
from core.exceptions import DomainError, NotFound
from inventory.selectors import PropertySummary, catalogue_by_slug

from .access import guests_own_page
from .context import booking_context, conflict_show


@require_http_methods(["GET", "HEAD", "POST"])
@guests_own_page
def review(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Write the review of a stay, change it while nobody has read it, or see what became of it."""
    written = review_of_booking(booking_id=booking.pk)
    may_write = (
        review_is_possible(booking) if written is None else review_is_editable(written, at=timezone.now())
    )
    form = ReviewForm(request.POST or None, initial=ReviewForm.initial_for(written) if written else None)
    if request.method == "POST" and may_write and form.is_valid():
        try:
            _save(request, booking, written, form)
        except EditConflict as error:
            conflict_show(form, error)
        except ReviewInvalid as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
        else:
            messages.success(request, _("Thank you. Your review is with us."))
            return redirect("bookings:review", booking.reference)
    context = {
        **booking_context(booking),
        "form": form,
        "review": written,
        "may_write": may_write,
        "is_published_at_once": written is None and not settings.REVIEWS_MODERATED,
    }
    status = 422 if form.errors else 200
    return render(request, "bookings/review.html", context, status=status)


@require_POST
@guests_own_page
def review_remove(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Take the review back, or only the name off it."""
    written = review_of_booking(booking_id=booking.pk)
    if written is None:
        raise Http404
    if request.POST.get("what") == "name":
        review_author_erase(review_id=written.pk)
        messages.success(request, _("Your name does not stand by your review any more."))
    elif written.status != ReviewStatus.WITHDRAWN:
        review_withdraw(review_id=written.pk)
        messages.success(request, _("Your review is taken back."))
    return redirect("bookings:review", booking.reference)


@require_safe
def property_reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """Show all reviews of a house: a page without JavaScript, a fragment for htmx."""
    try:
        house = catalogue_by_slug(slug=slug).property
    except NotFound as error:
        raise Http404 from error
    context = {"property": house, **reviews_context(request, house)}
    htmx = request.htmx  # type: ignore[attr-defined]
    is_part = htmx and not htmx.history_restore_request
    template = "bookings/partials/reviews.html" if is_part else "bookings/reviews.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@rate_limited("sensitive")
def report(request: HttpRequest, review_id: int) -> HttpResponse:
    """Ask what is wrong with a review and note it."""
    reported = review_get(review_id=review_id)
    if reported.status != ReviewStatus.PUBLISHED:
        raise Http404
    form = ReportForm(request.POST or None)
    if form.is_valid():
        try:
            review_report(
                review_id=review_id,
                reason=form.cleaned_data["reason"],
                text=form.cleaned_data["text"],
                user=request.user if isinstance(request.user, User) else None,
                client=client_of(request),
            )
        except DomainError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("Thank you. Somebody will look at it."))
            return redirect("bookings:property_reviews", reported.property.slug)
    context = {"form": form, "review": reported, "property": reported.property}
    return render(request, "bookings/review_report.html", context, status=422 if form.errors else 200)


def reviews_context(request: HttpRequest, house: PropertySummary) -> dict[str, Any]:
    """The page of reviews that the address asks for (``reviews`` and ``order``), with the rating. No query if warm."""
    number = request.GET.get("reviews", "1")
    is_number = number.isascii() and number.isdigit() and len(number) < 7
    return {
        "rating": rating_of(house),
        "reviews": reviews_page(
            house=house,
            order=request.GET.get("order", "newest"),
            page=int(number) if is_number else 1,
        ),
        "orders": [("newest", _("Newest")), ("best", _("Best")), ("worst", _("Most critical"))],
    }


def _save(request: HttpRequest, booking: Booking, written: Review | None, form: ReviewForm) -> Review:
    data = form.cleaned_data
    if written is not None:
        return review_change(
            review_id=written.pk,
            points=form.points,
            title=data["title"],
            text=data["text"],
            version=data["version"],
        )
    return review_write(
        booking_id=booking.pk,
        points=form.points,
        title=data["title"],
        text=data["text"],
        language=get_language() or booking.language,
        actor=request.user if isinstance(request.user, User) and not request.user.is_staff else None,
    )
