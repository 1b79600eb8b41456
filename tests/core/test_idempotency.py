import threading
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from rest_framework.test import APIClient

from core.api.idempotency import request_hash
from core.idempotency import (
    LOCK_SECONDS,
    Answer,
    ClaimLost,
    IdempotencyClaim,
    IdempotencyInProgress,
    IdempotencyKeyReused,
    Replay,
    idempotency_claim,
    idempotency_keys_prune,
)
from core.models import IdempotencyKey
from tests.core.urls import order_create

pytestmark = [pytest.mark.urls("tests.core.urls")]

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = "0d5b9a52-6f0e-4d3c-9f1e-6a3b8f8a0f11"


def orders() -> int:
    return IdempotencyKey.objects.filter(principal="order").count()


def post(client: APIClient, body: dict[str, Any], key: str = KEY) -> Any:
    return client.post("/api/v1/orders", body, format="json", headers={"Idempotency-Key": key})


def claim(*, key: str = KEY, body: str = "hash", at: datetime = AT) -> IdempotencyClaim | Replay:
    return idempotency_claim(
        principal="user:1", key=key, request_hash=body, render=lambda result: Answer(201, result), at=at
    )


@pytest.mark.django_db
def test_the_same_request_gets_the_same_answer_byte_for_byte(api: APIClient) -> None:
    first = post(api, {"name": "a", "guests": 2})
    again = post(api, {"guests": 2, "name": "a"})  # the same body in another order

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content == b'{"b":1,"a":{"name":"a","number":0}}'
    assert first["Location"] == again["Location"] == "/orders/a"
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert orders() == 1


@pytest.mark.django_db
def test_another_request_with_the_same_key_is_refused(api: APIClient) -> None:
    post(api, {"name": "a"})

    response = post(api, {"name": "b"})

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert orders() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "idempotency_key_required"),
        ({"Idempotency-Key": " "}, "idempotency_key_required"),
        ({"Idempotency-Key": "short"}, "idempotency_key_invalid"),
        ({"Idempotency-Key": "x" * 256}, "idempotency_key_invalid"),
        ({"Idempotency-Key": "0d5b9a52 6f0e 4d3c 9f1e"}, "idempotency_key_invalid"),
    ],
)
def test_a_request_without_a_proper_key_is_refused(
    api: APIClient, headers: dict[str, str], code: str
) -> None:
    response = api.post("/api/v1/orders", {"name": "a"}, format="json", headers=headers)

    assert (response.status_code, response.json()["code"]) == (400, code)
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.django_db
def test_a_refusal_is_not_kept_and_rolls_the_work_back(api: APIClient) -> None:
    refused = post(api, {"name": "a", "fails": True})

    assert (refused.status_code, refused.json()["code"]) == (409, "sold_out")
    assert IdempotencyKey.objects.count() == 0
    assert post(api, {"name": "a"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_make_one_order() -> None:
    start = threading.Barrier(50)
    answers: list[tuple[int, bytes, bool]] = []
    bodies: Counter[str] = Counter()

    def send() -> None:
        client = APIClient()
        start.wait()
        try:
            response = post(client, {"name": "a"})
            answers.append((response.status_code, response.content, "Idempotent-Replayed" in response))
            if response.status_code == 409:
                bodies[response.json()["code"]] += 1
                assert response["Retry-After"] == "1"
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert orders() == 1
    assert len(answers) == 50
    assert {status for status, _body, _replayed in answers} <= {201, 409}
    assert len({body for status, body, _replayed in answers if status == 201}) == 1
    assert len([1 for status, _body, replayed in answers if status == 201 and not replayed]) == 1
    assert set(bodies) <= {"idempotency_in_progress"}


@pytest.mark.django_db
def test_a_running_request_is_waited_for_until_its_lock_runs_out() -> None:
    first = claim()
    assert isinstance(first, IdempotencyClaim)

    with pytest.raises(IdempotencyInProgress) as caught:
        claim(at=AT + timedelta(seconds=LOCK_SECONDS - 1))
    assert caught.value.retry_after == 1

    second = claim(at=AT + timedelta(seconds=LOCK_SECONDS))
    assert isinstance(second, IdempotencyClaim)
    assert second.lock_token != first.lock_token


@pytest.mark.django_db
def test_who_was_overtaken_cannot_commit() -> None:
    slow = claim()
    fast = claim(at=AT + timedelta(seconds=LOCK_SECONDS))
    assert isinstance(slow, IdempotencyClaim)
    assert isinstance(fast, IdempotencyClaim)

    with pytest.raises(ClaimLost), transaction.atomic():
        slow.complete({"by": "slow"})
    with transaction.atomic():
        fast.complete({"by": "fast"})
    slow.release()

    replay = claim(at=AT + timedelta(hours=1))
    assert replay == Replay(201, '{"by":"fast"}', {})


@pytest.mark.django_db
def test_another_request_cannot_take_over_a_lock_that_ran_out() -> None:
    claim()

    with pytest.raises(IdempotencyKeyReused):
        claim(body="another", at=AT + timedelta(seconds=LOCK_SECONDS))


@pytest.mark.django_db
def test_a_key_is_free_again_after_three_days() -> None:
    first = claim()
    assert isinstance(first, IdempotencyClaim)
    with transaction.atomic():
        first.complete({})

    assert isinstance(claim(at=AT + timedelta(hours=71)), Replay)
    assert isinstance(claim(body="another", at=AT + timedelta(hours=72)), IdempotencyClaim)


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_completed_in_a_transaction_or_not_at_all() -> None:
    first = claim()
    assert isinstance(first, IdempotencyClaim)

    with pytest.raises(TransactionManagementError):
        first.complete({})


@pytest.mark.django_db(transaction=True)
def test_a_service_that_forgets_the_claim_is_a_defect(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.core.urls.order_create", lambda **_kwargs: None)

    response = post(api, {"name": "a"})

    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert IdempotencyKey.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_crash_after_the_commit_still_makes_one_order(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commit_and_crash(**details: Any) -> None:
        order_create(**details)
        raise SystemError("the worker dies before it answers")

    monkeypatch.setattr("tests.core.urls.order_create", commit_and_crash)
    crashed = post(api, {"name": "a"})
    again = post(api, {"name": "a"})

    assert crashed.status_code == 500
    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert orders() == 1


@pytest.mark.django_db
def test_expired_keys_are_pruned_in_batches() -> None:
    for number in range(5):
        claim(key=str(uuid.uuid4()), at=AT + timedelta(hours=number))

    assert idempotency_keys_prune(at=AT + timedelta(hours=72 + 2), batch_rows=2) == 3
    assert IdempotencyKey.objects.count() == 2
    assert idempotency_keys_prune(at=AT + timedelta(hours=72 + 2)) == 0


@pytest.mark.django_db
def test_the_command_prunes_and_tells(capsys: pytest.CaptureFixture[str]) -> None:
    claim(at=timezone.now() - timedelta(hours=73))
    claim(key="another-key-0123456789", at=timezone.now() - timedelta(hours=71))

    call_command("idempotency_prune", "--dry-run", "--json")
    assert IdempotencyKey.objects.count() == 2
    call_command("idempotency_prune")

    assert capsys.readouterr().out.splitlines() == [
        '{"expired": 1, "dry_run": true}',
        "Expired idempotency keys deleted: 1",
    ]
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db
def test_principals_do_not_share_keys(api: APIClient, django_user_model: Any) -> None:
    post(api, {"name": "a"})
    api.force_authenticate(django_user_model(pk=7))

    assert post(api, {"name": "a"}).json()["a"]["number"] == 1
    assert orders() == 2


def test_the_hash_depends_on_method_path_and_body_alone() -> None:
    base = request_hash("POST", "/a", {"x": 1, "y": [1, 2]})

    assert base == request_hash("POST", "/a", {"y": [1, 2], "x": 1})
    assert (
        len(
            {
                base,
                request_hash("PUT", "/a", {"x": 1, "y": [1, 2]}),
                request_hash("POST", "/b", {"x": 1, "y": [1, 2]}),
                request_hash("POST", "/a", {"x": 1, "y": [2, 1]}),
            }
        )
        == 4
    )
