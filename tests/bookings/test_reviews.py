"""Reviews: who may write one, what staff do with it, and ratings that are right whoever writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from multiprocessing import get_context

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import StaffRole
from bookings.access import access_token_of
from bookings.exceptions import (
    EditConflict,
    ReportExists,
    ReviewExists,
    ReviewInvalid,
    ReviewNotAllowed,
    ReviewNotEditable,
    ReviewNotFound,
    ReviewNotPublished,
    ReviewTooLate,
)
from bookings.models import Review
from bookings.selectors.reviews import rating_differences, reviews_page
from bookings.services.reviews import (
    report_decide,
    review_author_erase,
    review_change,
    review_moderate,
    review_reply_set,
    review_report,
    review_withdraw,
    review_write,
)
from core.exceptions import PermissionDenied
from inventory.models import PropertyRating
from inventory.selectors import catalogue_get
from notifications.models import DomainEvent, Notification
from tests.factories.accounts import StaffFactory, SuperuserFactory
from tests.factories.bookings import held
from tests.factories.inventory import Hotel, hotel
from tests.factories.reviews import POINTS, lived, published, written

pytestmark = pytest.mark.django_db(transaction=True)


def sums(house: Hotel) -> tuple[int, int, str]:
    rating = PropertyRating.objects.get(property=house.property)
    return rating.review_count, rating.cleanliness_sum, str(rating.score)


def test_only_who_has_stayed_reviews_and_only_once(house: Hotel) -> None:
    with pytest.raises(ReviewNotAllowed):
        review_write(booking_id=held(house).booking.pk, points=POINTS)
    booking = lived(house, stay=house.stay(offset=4))

    review = written(house, booking=booking, title="  Good   bed ", text="Slept well.")

    review.refresh_from_db()
    assert (review.author_name, review.author_country, review.title) == ("Ada", "GB", "Good bed")
    assert (review.status, str(review.score)) == ("pending", "4.20")
    with pytest.raises(ReviewExists):
        review_write(booking_id=booking.pk, points=POINTS)


def test_the_database_refuses_a_review_of_a_stay_that_is_not_over(house: Hotel) -> None:
    booking = held(house).booking
    with pytest.raises(IntegrityError, match="only who has stayed"), transaction.atomic():
        Review.objects.create(
            booking=booking, property=house.property, language="en", submitted_at=timezone.now(), **POINTS
        )


def test_limits_of_time_and_of_words(house: Hotel) -> None:
    booking = lived(house)
    assert booking.checked_out_at is not None
    with pytest.raises(ReviewTooLate):
        review_write(
            booking_id=booking.pk, points=POINTS, at=booking.checked_out_at + timedelta(days=180, seconds=1)
        )
    for field, wrong in (("staff", {"staff": 6}), ("value", {"value": 0})):
        with pytest.raises(ReviewInvalid) as refused:
            review_write(booking_id=booking.pk, points=POINTS | wrong)
        assert refused.value.field == field
    assert Review.objects.count() == 0


def test_it_can_be_changed_for_a_day_and_not_behind_the_moderators_back(house: Hotel, at: datetime) -> None:
    review = written(house, at=at)
    manager = StaffFactory.create(property=house.property, role=StaffRole.MANAGER)

    changed = review_change(review_id=review.pk, points=POINTS | {"value": 5}, version=0, at=at)

    assert changed.value == 5
    with pytest.raises(EditConflict):
        review_moderate(review_id=review.pk, is_published=True, actor=manager, version=0)
    with pytest.raises(ReviewNotEditable):
        review_change(review_id=review.pk, points=POINTS, at=at + timedelta(hours=24, seconds=1))
    review_moderate(review_id=review.pk, is_published=True, actor=manager, version=1)
    with pytest.raises(ReviewNotEditable):
        review_change(review_id=review.pk, points=POINTS, at=at)


def test_publishing_tells_programs_and_rejecting_tells_the_author(house: Hotel) -> None:
    manager = StaffFactory.create(property=house.property, role=StaffRole.MANAGER)
    review = written(house)
    review_moderate(review_id=review.pk, is_published=True, actor=manager)
    assert DomainEvent.objects.filter(type="review.published").count() == 1
    with pytest.raises(ReviewInvalid):
        review_moderate(review_id=review.pk, is_published=False, actor=manager)

    review_moderate(review_id=review.pk, is_published=False, actor=manager, reason="It names a guest.")

    assert sums(house) == (0, 0, "None")
    assert Notification.objects.filter(dedup_key__startswith=f"review_rejected:{review.pk}").exists()


def test_who_may_decide_and_answer(house: Hotel) -> None:
    review = written(house)
    desk = StaffFactory.create(property=house.property, role=StaffRole.FRONT_DESK)
    stranger = StaffFactory.create(role=StaffRole.MANAGER)
    for actor in (desk, stranger):
        with pytest.raises(PermissionDenied):
            review_moderate(review_id=review.pk, is_published=True, actor=actor)
    with pytest.raises(ReviewNotPublished):
        review_reply_set(review_id=review.pk, text="Thanks", actor=desk)
    review_moderate(review_id=review.pk, is_published=True, actor=SuperuserFactory.create())
    with pytest.raises(PermissionDenied):
        review_reply_set(review_id=review.pk, text="Thanks", actor=stranger)

    review_reply_set(review_id=review.pk, text="Thanks", actor=desk)
    review_reply_set(review_id=review.pk, text="Thank you", actor=desk)

    review.refresh_from_db()
    assert review.reply == "Thank you"
    replied = Notification.objects.filter(dedup_key__startswith="review_replied:")
    assert replied.exists()


def test_reports_are_one_for_each_person_and_decided_together(house: Hotel) -> None:
    manager = StaffFactory.create(property=house.property, role=StaffRole.MANAGER)
    review = published(house)
    first = review_report(review_id=review.pk, reason="fake", user=None, client="one")
    second = review_report(review_id=review.pk, reason="offensive", user=None, client="two")
    with pytest.raises(ReportExists):
        review_report(review_id=review.pk, reason="other", user=None, client="one")

    report_decide(report_id=first.pk, is_upheld=True, actor=manager, note="Not about a stay.")

    review.refresh_from_db()
    second.refresh_from_db()
    assert (review.status, second.status) == ("rejected", "upheld")
    with pytest.raises(ReviewNotEditable):
        report_decide(report_id=second.pk, is_upheld=False, actor=manager)
    with pytest.raises(ReviewNotFound):
        review_report(review_id=review.pk, reason="fake", user=None, client="three")


def test_the_author_can_be_erased_and_the_review_taken_back(house: Hotel) -> None:
    review = published(house, title="Mine")
    review_author_erase(review_id=review.pk)
    page = reviews_page(house=catalogue_get(property_id=house.property.pk).property)
    assert [(line.author_name, line.title) for line in page.items] == [("", "Mine")]

    review_withdraw(review_id=review.pk)

    review.refresh_from_db()
    assert (review.status, review.title, review.text, review.user_id) == ("withdrawn", "", "", None)
    assert catalogue_get(property_id=house.property.pk).property.review_count == 0


def test_bulk_statements_keep_the_rating(house: Hotel) -> None:
    for offset in (0, 2, 4):
        written(house, stay=house.stay(offset=offset))
    Review.objects.update(status="published", published_at=timezone.now())
    assert sums(house) == (3, 15, "4.20")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bookings_review SET cleanliness = 1 WHERE id = (SELECT min(id) FROM bookings_review)"
        )
    assert sums(house) == (3, 11, "3.93")
    Review.objects.order_by("pk")[0].delete()
    assert sums(house) == (2, 10, "4.20")
    assert rating_differences() == []
    PropertyRating.objects.update(staff_sum=9)
    assert [difference.property_id for difference in rating_differences()] == [house.property.pk]


def _publish(ids: list[int]) -> None:
    connection.close()
    for review_id in ids:
        with transaction.atomic():
            Review.objects.filter(pk=review_id).update(status="published", published_at=timezone.now())
    connection.close()


def test_two_processes_publishing_at_once_lose_nothing() -> None:
    house = hotel(rooms=8)
    ids = [written(house).pk for _number in range(8)]
    connection.close()
    context = get_context("fork")
    workers = [context.Process(target=_publish, args=(ids[start::2],)) for start in (0, 1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)

    assert [worker.exitcode for worker in workers] == [0, 0]
    assert sums(house) == (8, 40, "4.20")
    assert rating_differences() == []


def test_the_link_of_the_mail_opens_the_form_and_sends_it(house: Hotel) -> None:
    booking = lived(house)
    browser = Client()
    url = reverse("bookings:review", args=[booking.reference])
    assert browser.get(url).status_code == 404
    assert browser.get(url, {"token": access_token_of(booking)}, follow=True).status_code == 200
    assert browser.post(url, {"title": "No points"}).status_code == 422

    sent = browser.post(url, {**POINTS, "title": "Good", "text": "Slept well."})

    assert sent.status_code == 302
    assert Review.objects.get().title == "Good"
    assert "Somebody reads it before it is published" in browser.get(url).content.decode()


def test_the_page_of_the_house_shows_reviews_and_rating(house: Hotel) -> None:
    review = published(house, title="<b>Good</b>", text="Slept well.")
    page = Client().get(reverse("inventory:property", args=[house.property.slug])).content.decode()
    assert "&lt;b&gt;Good&lt;/b&gt;" in page
    assert '"aggregateRating"' in page
    assert '"ratingValue": "4.20"' in page
    report = reverse("bookings:review_report", args=[review.pk])
    assert Client().post(report, {"reason": "fake"}).status_code == 302
    part = Client().get(
        reverse("bookings:property_reviews", args=[house.property.slug]), headers={"HX-Request": "true"}
    )
    assert part.content.decode().lstrip().startswith('<div id="reviews-part"')


@pytest.mark.parametrize("count", [1, 20])
def test_a_page_of_reviews_takes_one_query_cold_and_none_warm(count: int) -> None:
    house = hotel(rooms=20)
    for _number in range(count):
        published(house)
    summary = catalogue_get(property_id=house.property.pk).property
    with CaptureQueriesContext(
        connection,
    ) as cold:
        assert reviews_page(house=summary).total == count
    with CaptureQueriesContext(
        connection,
    ) as warm:
        assert reviews_page(house=summary).total == count
    assert (len(cold), len(warm)) == (1, 0)
