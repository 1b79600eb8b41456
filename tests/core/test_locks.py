import threading
import time

import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError

from core.exceptions import Unavailable, translate_integrity_errors
from core.locks import lock_timeout, patient_statements
from core.models import IdempotencyKey


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_waited_for_so_long_and_no_longer() -> None:
    row = IdempotencyKey.objects.create(
        principal="p", key="k", locked_at="2026-11-20T00:00Z", expires_at="2026-11-20T00:00Z"
    )
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            IdempotencyKey.objects.select_for_update().get(pk=row.pk)
            locked.set()
            done.wait(60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(60)
    started = time.monotonic()
    try:
        with (
            pytest.raises(Unavailable) as caught,
            translate_integrity_errors(),
            transaction.atomic(),
            lock_timeout(0.2),
        ):
            IdempotencyKey.objects.select_for_update().get(pk=row.pk)
    finally:
        done.set()
        holder.join()

    assert 0.15 < time.monotonic() - started < 30
    assert caught.value.code == "busy"
    assert isinstance(caught.value.__cause__, OperationalError)


@pytest.mark.django_db(transaction=True)
def test_the_limit_ends_with_the_transaction() -> None:
    with transaction.atomic(), lock_timeout(3), connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("3s",)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


@pytest.mark.django_db(transaction=True)
def test_there_is_no_limit_outside_a_transaction() -> None:
    with pytest.raises(TransactionManagementError), lock_timeout():
        pass


@pytest.mark.django_db
def test_no_wait_at_all_would_be_for_ever() -> None:
    with pytest.raises(ValueError, match="for ever"), lock_timeout(0):
        pass


@pytest.mark.django_db(transaction=True)
def test_a_proof_may_take_longer_than_everybody_else() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '500ms'")
        try:
            with patient_statements(60):
                cursor.execute("SELECT pg_sleep(0.7)")
            with pytest.raises(OperationalError):
                cursor.execute("SELECT pg_sleep(0.7)")
        finally:
            cursor.execute("RESET statement_timeout")
