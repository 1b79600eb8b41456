"""The chain: what is altered, removed or put in is found and named."""

from __future__ import annotations

import json
import threading
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from core.audit.erasing import audit_values_erase
from core.audit.jobs import LogBroken, log_verify
from core.audit.sealing import entries_seal, horizon_look
from core.audit.verifying import audit_verify
from core.models import AuditEntry, AuditLink, AuditSeal, ScheduledJob
from core.schedule import JobFailed, job_run
from inventory.models import Amenity

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log() -> list[int]:
    """Ten sealed entries; their numbers in order."""
    for number in range(10):
        Amenity.objects.create(code=f"a{number}", name=f"Amenity {number}")
    entries_seal()
    return list(AuditEntry.objects.order_by("id").values_list("pk", flat=True))


def tamper(statement: str, *parameters: Any) -> None:
    """What somebody who owns the tables can do."""
    tables = ("core_auditentry", "core_auditlink", "core_auditseal")
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, parameters)
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found(**options: Any) -> list[tuple[str, int | None]]:
    return [(problem.kind.value, problem.entry_id) for problem in audit_verify(**options).problems]


def test_a_log_as_it_was_written_is_in_order_and_stays_so(log):
    report = audit_verify()
    assert (report.entries, report.position, report.problems) == (10, 10, [])
    Amenity.objects.filter(code="a1").update(name="Other")
    later = audit_verify(head=report.head)
    assert (later.position, later.problems) == (11, [])
    assert later.head != report.head
    assert audit_verify(head="0" * 64).problems == []


@pytest.mark.parametrize(
    "change",
    [
        "user_id = 7",
        "at = at + interval '1 microsecond'",
        'after = after || \'{"name": "Forged"}\'',
        "ip = '198.51.100.1'",
        "place = 'elsewhere'",
        "property_id = 3",
        "salt = gen_random_uuid()",
        'salt = NULL, erased = \'{"digests": {}, "salts": {}}\'',
        'extra = \'{"reason": "none"}\'',
    ],
)
def test_an_altered_entry_is_named(log, change):
    tamper(f"UPDATE core_auditentry SET {change} WHERE id = %s", log[4])
    assert found() == [("altered", log[4])]


def test_removed_entries_and_links_are_named(log):
    tamper("DELETE FROM core_auditentry WHERE id = %s", log[2])
    assert found() == [("removed", log[2])]
    tamper("DELETE FROM core_auditlink WHERE entry_id = %s", log[6])
    assert found() == [("removed", log[2]), ("link_removed", None), ("inserted", log[6])]


def test_an_entry_that_is_put_in_is_named(log):
    forge = (
        "INSERT INTO core_auditentry (txid, at, operation, model, object_id, origin, place, ip, request_id, salt)"
        " SELECT {txid}, {at}, operation, model, '99', origin, place, ip, request_id, salt"
        " FROM core_auditentry WHERE id = %s"
    )
    tamper(forge.format(txid="txid", at="at"), log[3])
    newest = AuditEntry.objects.latest("id").pk
    assert found() == [("inserted", newest)]
    tamper("DELETE FROM core_auditentry WHERE id = %s", newest)
    tamper(forge.format(txid="pg_current_xact_id()::text::bigint", at="at - interval '3 days'"), log[3])
    assert found() == [("inserted", AuditEntry.objects.latest("id").pk)]


def test_a_tail_that_was_cut_is_found_by_a_noted_head(log):
    head = audit_verify().head
    tamper("DELETE FROM core_auditlink WHERE position > 8")
    assert ("cut", None) in found()
    tamper("DELETE FROM core_auditseal")
    tamper("DELETE FROM core_auditentry WHERE id >= %s", log[8])
    tamper(
        "INSERT INTO core_auditseal (at, horizon, last_position, head, moved)"
        " SELECT now(), (SELECT max(txid) + 1 FROM core_auditentry), 8, hash, false"
        " FROM core_auditlink WHERE position = 8"
    )
    assert found() == []
    assert found(head=head) == [("cut", None)]


def test_a_recomputed_link_breaks_the_next_one(log):
    tamper("UPDATE core_auditlink SET hash = sha256(hash) WHERE entry_id = %s", log[5])
    assert found() == [("altered", log[5]), ("altered", log[6])]


def test_what_a_running_transaction_writes_is_sealed_when_it_is_over(log):
    written, over = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            Amenity.objects.create(code="slow", name="Slow")
            written.set()
            over.wait(20)
        connections.close_all()

    seller = threading.Thread(target=slow)
    seller.start()
    assert written.wait(20)
    Amenity.objects.create(code="fast", name="Fast")  # commits first, began later
    assert entries_seal().entries == 0
    over.set()
    seller.join()
    assert entries_seal().entries == 2
    assert audit_verify().problems == []


def test_what_runs_in_another_database_of_the_server_holds_nothing_back(log):
    elsewhere = psycopg.connect(**connection.get_connection_params() | {"dbname": "postgres"})
    with elsewhere.transaction(), elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        Amenity.objects.create(code="here", name="Here")
        assert entries_seal().entries == 1
    elsewhere.close()


def test_what_ends_in_another_database_at_that_moment_holds_nothing_back():
    """Between the snapshot and the look at who runs where, over and over."""
    stopping = threading.Event()
    parameters = connection.get_connection_params() | {"dbname": "postgres", "autocommit": True}

    def work() -> None:
        with psycopg.connect(**parameters) as elsewhere:
            while not stopping.is_set():
                with elsewhere.transaction():
                    elsewhere.execute("SELECT pg_current_xact_id()")
                    elsewhere.execute("SELECT pg_sleep(0.002)")

    others = [threading.Thread(target=work) for _ in range(3)]
    for other in others:
        other.start()
    held_back = 0
    try:
        with connection.cursor() as cursor:
            for _ in range(500):
                cursor.execute("SELECT pg_current_xact_id()::text::bigint")
                (ours,) = cursor.fetchone()
                held_back += horizon_look(cursor)[0] <= ours
    finally:
        stopping.set()
        for other in others:
            other.join()
    assert held_back == 0


def test_a_restored_database_counts_anew_and_the_log_goes_on(log):
    tamper("UPDATE core_auditseal SET horizon = horizon + 1000000000")  # as if the numbers had begun again
    Amenity.objects.create(code="new", name="New")
    report = audit_verify()
    assert (report.entries, report.moves, report.problems) == (11, 1, [])
    Amenity.objects.create(code="newer", name="Newer")
    assert audit_verify().entries == 12


def test_values_of_a_person_can_be_erased_and_the_chain_holds(log):
    head = audit_verify().head
    target = str(Amenity.objects.get(code="a3").pk)
    assert audit_values_erase(model="inventory.amenity", object_ids=[target], columns=["name"]) == 1
    assert audit_values_erase(model="inventory.amenity", object_ids=[target], columns=["name"]) == 0
    entry = AuditEntry.objects.get(object_id=target)
    assert (entry.after["name"], entry.after["code"], entry.salt) == (None, "a3", None)
    assert found(head=head) == []
    assert audit_values_erase(model="inventory.amenity", object_ids=[target], columns=["code"]) == 1
    assert found(head=head) == []
    tamper("UPDATE core_auditentry SET after = after || '{\"id\": 5}' WHERE id = %s", entry.pk)
    assert found() == [("altered", entry.pk)]


def test_the_command_prints_the_findings_and_its_exit_code_says_so(log):
    out = StringIO()
    call_command("audit_verify", "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert (report["entries"], report["problem_count"]) == (10, 0)
    tamper("UPDATE core_auditentry SET user_id = 1 WHERE id = %s", log[0])
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify", stdout=out, stderr=err)
    assert ended.value.code == 1
    assert f"altered: entry {log[0]} (insert of inventory.amenity" in err.getvalue()
    assert ScheduledJob.objects.get(name="core.audit_verify").failures_in_a_row == 1


def test_the_nightly_job_fails_where_something_does_not_fit_its_last_head(log):
    assert job_run("core.audit_seal") == 0
    assert job_run("core.audit_verify")["position"] == 10
    tamper("DELETE FROM core_auditlink")
    tamper("DELETE FROM core_auditseal")
    tamper("DELETE FROM core_auditentry WHERE id = %s", log[9])
    with pytest.raises(JobFailed, match="the log was cut before it, or written anew"):
        job_run("core.audit_verify")
    with pytest.raises(LogBroken):
        log_verify()
    assert AuditLink.objects.count() == 9  # sealed anew
    assert AuditSeal.objects.count() == 1
