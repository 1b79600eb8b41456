"""Numbers of events: without gaps, given once, and nobody who follows them misses one."""

from __future__ import annotations

import random
import threading
import time
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection, connections, transaction
from django.utils import timezone

from notifications.exceptions import CursorAhead, CursorTooOld
from notifications.models import DomainEvent, EventStream
from notifications.selectors.events import events_page
from notifications.services import domain_event_record
from notifications.services.forgetting import events_forget
from notifications.services.numbering import events_number, events_number_all
from tests.factories.inventory import PropertyFactory
from tests.factories.webhooks import event

WRITERS, READERS, EVENTS_EACH = 6, 3, 40


def page_of(house=None, **options):
    return events_page(
        **{
            "property_id": house.pk if house else None,
            "visible_property_ids": None,
            "after": None,
            "limit": 100,
        }
        | options
    )


class Crowd:
    """Writers who commit after random pauses, some of them nothing, and readers who follow the cursor."""

    def __init__(self, houses):
        chance = random.Random(7)
        self.houses = houses
        self.plans = [
            [
                (chance.random() * 0.01, chance.random() < 0.15, chance.randrange(2))
                for _ in range(EVENTS_EACH)
            ]
            for _ in range(WRITERS)
        ]
        self.committed = [[] for _writer in range(WRITERS)]
        self.seen = [[] for _reader in range(READERS)]
        self.errors = []
        self.done = threading.Event()

    def write(self, place):
        for pause, is_undone, house in self.plans[place]:
            with transaction.atomic():
                event_id = domain_event_record(
                    type="booking.held",
                    property_id=self.houses[house].pk,
                    subject=f"booking:{place}",
                    data={},
                )
                time.sleep(pause)
                transaction.set_rollback(is_undone)
            if not is_undone:
                self.committed[place].append(event_id)

    def read(self, place):
        house = [*self.houses, None][place]
        after, is_last = 0, False
        while True:
            events_number()
            page = page_of(house, after=after, limit=7)
            self.seen[place] += page.events
            after = page.next_after
            if is_last and not page.has_more:
                return
            is_last = self.done.is_set() and not page.has_more

    def guarded(self, work, place):
        try:
            work(place)
        except Exception as error:  # noqa: BLE001 - told by the test
            self.errors.append(error)
        finally:
            connections.close_all()

    def run(self):
        writers = [
            threading.Thread(target=self.guarded, args=[self.write, place]) for place in range(WRITERS)
        ]
        readers = [threading.Thread(target=self.guarded, args=[self.read, place]) for place in range(READERS)]
        for thread in (*writers, *readers):
            thread.start()
        for thread in writers:
            thread.join()
        self.done.set()
        for thread in readers:
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_reader_of_the_cursor_sees_every_event_once_in_order_whatever_the_commits_do():
    houses = [PropertyFactory(), PropertyFactory()]
    crowd = Crowd(houses)
    crowd.run()
    assert crowd.errors == []
    wanted = {event_id for ids in crowd.committed for event_id in ids}
    for place, house in enumerate(houses):
        seen = crowd.seen[place]
        assert [row.sequence for row in seen] == list(range(1, len(seen) + 1))
        assert {row.pk for row in seen} == set(house.domain_events.values_list("pk", flat=True))
    chain = crowd.seen[2]
    assert [row.chain_sequence for row in chain] == list(range(1, len(wanted) + 1))
    assert {row.pk for row in chain} == wanted
    # the test is worth something: some were numbered in another order than their ids
    assert [row.pk for row in chain] != sorted(wanted)
    for place in range(WRITERS):
        assert [row.pk for row in chain if row.subject == f"booking:{place}"] == crowd.committed[place]


@pytest.mark.django_db(transaction=True)
def test_the_naive_cursor_over_ids_misses_events():
    """The twin: a reader who follows the ids never sees the one that committed late."""
    house = PropertyFactory()
    is_written, may_commit = threading.Event(), threading.Event()

    def write_late():
        try:
            with transaction.atomic():
                event(house)
                is_written.set()
                may_commit.wait(60)
        finally:
            connections.close_all()

    thread = threading.Thread(target=write_late)
    thread.start()
    assert is_written.wait(60)
    with transaction.atomic():
        early = event(house)
    cursor = max(DomainEvent.objects.values_list("pk", flat=True))
    events_number_all()
    page = page_of(house, after=0)
    may_commit.set()
    thread.join()
    assert not DomainEvent.objects.filter(pk__gt=cursor).exists()
    assert [row.pk for row in page.events] == [early.pk]
    events_number_all()
    later = page_of(house, after=page.next_after)
    assert [(row.sequence, row.pk < early.pk) for row in later.events] == [(2, True)]


@pytest.mark.django_db(transaction=True)
def test_recording_waits_for_nobody_who_records():
    """Two transactions of one property record at the same time; with a counter in the row one would wait."""
    house = PropertyFactory()

    def other():
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '5s'")
                event(house)
            results.append("committed")
        finally:
            close_old_connections()
            connections.close_all()

    results: list[str] = []
    with transaction.atomic():
        event(house)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(60)
    assert results == ["committed"]


@pytest.mark.django_db
def test_numbering_costs_one_query_when_there_is_nothing_and_the_same_for_1_and_20(
    django_assert_num_queries,
):
    house = PropertyFactory()
    with django_assert_num_queries(1):
        assert events_number() == 0
    for count in (1, 20):
        for _number in range(count):
            event(house)
        with django_assert_num_queries(6):  # look, savepoint twice, limit, lock, numbers
            assert events_number() == count
        with django_assert_num_queries(3):
            assert len(page_of(house).events) in (1, 21)


@pytest.mark.django_db
def test_numbering_goes_in_batches_and_leaves_other_properties_alone():
    one, other = PropertyFactory(), PropertyFactory()
    for house in (one, other, one, one):
        event(house)
    assert events_number(limit=3) == 3
    assert events_number(limit=3) == 1
    rows = DomainEvent.objects.order_by("id").values_list("property_id", "sequence", "chain_sequence")
    assert list(rows) == [(one.pk, 1, 1), (other.pk, 1, 2), (one.pk, 2, 3), (one.pk, 3, 4)]
    streams = dict(EventStream.objects.values_list("property_id", "last_sequence"))
    assert streams == {None: 4, one.pk: 3, other.pk: 1}


@pytest.mark.django_db
def test_a_page_says_where_to_go_on_also_with_a_filter():
    house = PropertyFactory()
    for kind in ("booking.held", "booking.confirmed", "booking.held", "booking.cancelled"):
        event(house, type=kind)
    events_number_all()
    first = page_of(house, limit=1, types=["booking.held"])
    assert ([row.sequence for row in first.events], first.next_after, first.has_more) == ([1], 1, True)
    second = page_of(house, after=1, limit=1, types=["booking.held"])
    assert ([row.sequence for row in second.events], second.next_after, second.has_more) == ([3], 4, False)
    assert (second.oldest, second.last) == (1, 4)
    empty = page_of(house, after=4)
    assert (empty.events, empty.next_after, empty.has_more) == ([], 4, False)


@pytest.mark.django_db
def test_a_property_without_events_is_an_empty_page():
    page = page_of(PropertyFactory(), after=0)
    assert (page.events, page.next_after, page.oldest, page.last, page.has_more) == ([], 0, 1, 0, False)


@pytest.mark.django_db
def test_a_cursor_that_is_too_old_or_of_another_list_is_told_so():
    house, other, now = PropertyFactory(), PropertyFactory(), timezone.now()
    for age in (200, 100, 80, 1):
        event(house, at=now - timedelta(days=age))
    event(other, at=now - timedelta(days=150))
    assert events_forget(at=now, days=90) == 3
    assert events_forget(at=now, days=90) == 0
    with pytest.raises(CursorTooOld) as refused:
        page_of(house, after=1)
    assert (refused.value.http_status, refused.value.data) == (410, {"oldest": 3, "last": 4})
    assert [row.sequence for row in page_of(house, after=2).events] == [3, 4]
    assert [row.sequence for row in page_of(house, after=None).events] == [3, 4]
    with pytest.raises(CursorAhead) as ahead:
        page_of(house, after=5)
    assert ahead.value.data == {"oldest": 3, "last": 4}
    event(house)
    events_number_all()
    assert [row.sequence for row in page_of(house, after=4).events] == [5]
    assert page_of(other, after=1).oldest == 2
    event(other)
    events_number_all()
    assert [row.sequence for row in page_of(other, after=1).events] == [2]
