"""Staff read what guests say: they publish it or say why not, answer it, and decide on reports of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffRole
from bookings.models import Review, ReviewReport
from bookings.services.reviews import review_change, review_report
from inventory.selectors import catalogue_get
from notifications.models import DomainEvent, Notification
from tests.admin.conftest import staff_of
from tests.factories.accounts import UserFactory
from tests.factories.inventory import Hotel
from tests.factories.reviews import POINTS, lived, published, written

pytestmark = pytest.mark.django_db(transaction=True)

REVIEWS = reverse("admin:bookings_review_changelist")
REPORTS = reverse("admin:bookings_reviewreport_changelist")


def page(review: Review) -> str:
    return reverse("admin:bookings_review_change", args=[review.pk])


def decide(review: Review) -> str:
    return reverse("admin:bookings_review_decide", args=[review.pk])


def reply(review: Review) -> str:
    return reverse("admin:bookings_review_reply", args=[review.pk])


def decide_report(report: ReviewReport) -> str:
    return reverse("admin:bookings_reviewreport_decide", args=[report.pk])


def state(review: Review) -> tuple[str, str, str]:
    review.refresh_from_db()
    return review.status, review.rejection_reason, review.reply


def reported(review: Review, client: str = "one") -> ReviewReport:
    return review_report(
        review_id=review.pk, reason="fake", text="Never seen.", user=UserFactory.create(), client=client
    )


def count(house: Hotel) -> int | None:
    return catalogue_get(property_id=house.property.pk).property.review_count


def publish(client: Client, review: Review, **more: Any) -> Any:
    return client.post(decide(review), {"decision": "publish", "version": review.version, **more})


def reject(client: Client, review: Review, **more: Any) -> Any:
    return client.post(decide(review), {"decision": "reject", "version": review.version, **more})


def test_a_manager_publishes_what_waits(house: Hotel) -> None:
    review = written(house, title="Good bed", text="Slept well.")
    manager = staff_of(house)
    queue = manager.get(REVIEWS, {"status__exact": "pending"})
    assert [row.pk for row in queue.context["cl"].result_list] == [review.pk]
    assert decide(review) in manager.get(page(review)).content.decode()
    assert manager.get(decide(review)).context["form"]["version"].value() == 0

    answer = publish(manager, review)

    assert (answer.status_code, answer["Location"]) == (302, page(review))
    assert state(review)[0] == "published"
    assert review.moderated_by is not None
    assert (count(house), DomainEvent.objects.filter(type="review.published").count()) == (1, 1)
    assert list(manager.get(REVIEWS, {"status__exact": "pending"}).context["cl"].result_list) == []


def test_keeping_back_wants_a_reason_which_the_author_is_sent(house: Hotel) -> None:
    review = written(house)
    manager = staff_of(house)

    refused = reject(manager, review)

    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["reason"]
    assert state(review) == ("pending", "", "")
    assert reject(manager, review, reason="It names a guest.").status_code == 302
    assert state(review) == ("rejected", "It names a guest.", "")
    sent = Notification.objects.get(dedup_key__startswith=f"review_rejected:{review.pk}")
    assert (sent.recipient, "It names a guest." in str(sent.context)) == ("ada@example.com", True)


def test_what_is_published_can_be_taken_off_and_put_back(house: Hotel) -> None:
    review = published(house)
    manager = staff_of(house)
    assert count(house) == 1

    assert reject(manager, review, reason="It was another house.").status_code == 302

    assert (state(review)[0], count(house)) == ("rejected", 0)
    assert publish(manager, review).status_code == 302
    assert (*state(review), count(house)) == ("published", "", "", 1)


def test_nobody_publishes_what_was_changed_meanwhile(house: Hotel) -> None:
    review = written(house)
    review_change(review_id=review.pk, points=POINTS, text="Buy at my shop.", version=0)

    answer = publish(staff_of(house), review)

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert state(review)[0] == "pending"


def test_several_are_published_at_once(house: Hotel) -> None:
    chosen = [written(house, stay=house.stay(offset=offset)) for offset in (0, 3)]
    left = written(house, stay=house.stay(offset=6))
    data = {"action": "publish", "_selected_action": [review.pk for review in chosen]}

    staff_of(house, StaffRole.FRONT_DESK).post(REVIEWS, data)
    assert [state(review)[0] for review in chosen] == ["pending", "pending"]
    answer = staff_of(house).post(REVIEWS, data, follow=True)

    assert "Published: 2" in answer.content.decode()
    assert [state(review)[0] for review in (*chosen, left)] == ["published", "published", "pending"]


@pytest.mark.parametrize(
    ("role", "may_decide", "may_reply"),
    [
        (StaffRole.MANAGER, True, True),
        (StaffRole.FRONT_DESK, False, True),
        (StaffRole.FINANCE, False, False),
    ],
)
def test_each_role_does_its_own(house: Hotel, role: str, may_decide: bool, may_reply: bool) -> None:
    review = published(house)
    client = staff_of(house, role)
    shown = client.get(page(review))

    assert (shown.context["may_decide"], shown.context["may_reply"]) == (may_decide, may_reply)
    assert client.post(reply(review), {"reply": "Come again."}).status_code == (302 if may_reply else 403)
    review.refresh_from_db()
    assert reject(client, review, reason="No").status_code == (302 if may_decide else 403)
    assert state(review) == (
        "rejected" if may_decide else "published",
        "No" if may_decide else "",
        "Come again." if may_reply else "",
    )


def test_a_reply_is_written_changed_and_taken_away(house: Hotel) -> None:
    review = published(house)
    desk = staff_of(house, StaffRole.FRONT_DESK)

    desk.post(reply(review), {"reply": "Thanks"})
    assert desk.get(reply(review)).context["form"]["reply"].value() == "Thanks"
    desk.post(reply(review), {"reply": "Thank you"})

    assert state(review)[2] == "Thank you"
    assert Notification.objects.filter(dedup_key__startswith="review_replied:").count() == 1
    desk.post(reply(review), {"reply": ""})
    assert (state(review)[2], review.reply_by, review.replied_at) == ("", None, None)


def test_only_what_is_published_is_answered(house: Hotel) -> None:
    review = written(house)
    client = staff_of(house)

    assert not client.get(page(review)).context["may_reply"]
    assert client.post(reply(review), {"reply": "Thanks"}).status_code == 422
    assert state(review) == ("pending", "", "")


def test_a_report_is_upheld_and_all_of_that_review_with_it(house: Hotel) -> None:
    review = published(house)
    first, second = reported(review), reported(review, "two")
    manager = staff_of(house)
    assert len(manager.get(REPORTS, {"status__exact": "open"}).context["cl"].result_list) == 2
    assert manager.post(decide_report(first), {"decision": "uphold"}).status_code == 422
    assert state(review)[0] == "published"

    answer = manager.post(decide_report(first), {"decision": "uphold", "note": "Invented."})

    assert answer.status_code == 302
    assert state(review) == ("rejected", "Invented.", "")
    for report in (first, second):
        report.refresh_from_db()
        assert (report.status, report.decision_note, report.decided_by is not None) == (
            "upheld",
            "Invented.",
            True,
        )
    again = manager.post(decide_report(second), {"decision": "dismiss"})
    assert again.status_code == 422
    shown = manager.get(reverse("admin:bookings_reviewreport_change", args=[first.pk]))
    assert not shown.context["may_decide"]


def test_a_report_is_dismissed(house: Hotel) -> None:
    review = published(house)
    report = reported(review)
    desk = staff_of(house, StaffRole.FRONT_DESK)
    assert desk.post(decide_report(report), {"decision": "dismiss"}).status_code == 403

    assert staff_of(house).post(decide_report(report), {"decision": "dismiss"}).status_code == 302

    report.refresh_from_db()
    assert (report.status, state(review)[0]) == ("dismissed", "published")


def test_other_houses_do_not_exist(house: Hotel, other_house: Hotel) -> None:
    waiting, public = written(house), published(house, stay=house.stay(offset=3))
    report = reported(public)
    stranger = staff_of(other_house)

    assert list(stranger.get(REVIEWS).context["cl"].result_list) == []
    assert list(stranger.get(REPORTS).context["cl"].result_list) == []
    assert publish(stranger, waiting).status_code == 404
    assert stranger.post(reply(public), {"reply": "Ha"}).status_code == 404
    assert stranger.post(decide_report(report), {"decision": "uphold", "note": "x"}).status_code == 404
    stranger.post(REVIEWS, {"action": "publish", "_selected_action": [waiting.pk]})
    for path in (page(waiting), reverse("admin:bookings_reviewreport_change", args=[report.pk])):
        assert stranger.get(path).status_code == 404

    report.refresh_from_db()
    assert (state(waiting)[0], state(public)[0], report.status) == ("pending", "published", "open")


def test_even_superusers_do_not_write_what_guests_say(house: Hotel, root: Client) -> None:
    review = written(house, title="Bad")

    assert root.post(page(review), {"title": "Wonderful", "status": "published"}).status_code == 403
    assert root.get(reverse("admin:bookings_review_add")).status_code == 403

    assert (state(review)[0], review.title) == ("pending", "Bad")


def test_without_moderation_it_is_public_at_once(house: Hotel, settings: Any) -> None:
    settings.REVIEWS_MODERATED = False

    review = written(house, booking=lived(house), title="At once")

    assert state(review)[0] == "published"
    assert review.published_at == review.submitted_at
    assert review.moderated_by is None
    assert count(house) == 1
    assert DomainEvent.objects.filter(type="review.published").count() == 1
    assert "At once" in Client().get(f"/hotels/{house.property.slug}/").content.decode()
    assert reject(staff_of(house), review, reason="Spam").status_code == 302
    assert (state(review)[0], count(house)) == ("rejected", 0)
