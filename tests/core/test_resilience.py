import pytest
import stamina
from hypothesis import given
from hypothesis import strategies as st

from core.cache import client as cache_client
from core.cache.client import CacheServer
from core.resilience.breaker import Breaker, Circuit, CircuitOpen, Status, circuit_after, circuit_before
from core.resilience.retry import pause_seconds, retry_call


class ServiceDown(Exception):
    pass


class CardDeclined(Exception):
    pass


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["shared", "local"])
def breaker(request: pytest.FixtureRequest, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Breaker:
    """With its state in the cache server, and without one."""
    if request.param == "local":
        monkeypatch.setattr(cache_client, "_server", CacheServer("unix:///nonexistent/valkey.sock"))
    return Breaker("payments", ignored=(CardDeclined,), clock=clock)


def call(breaker: Breaker, error: type[Exception] | None = None) -> str:
    """What a call through the breaker ends with."""
    try:
        with breaker.guard():
            if error:
                raise error
    except CircuitOpen:
        return "refused"
    except (ServiceDown, CardDeclined) as failure:
        return type(failure).__name__
    return "ok"


def test_five_failures_in_a_row_open_it(breaker: Breaker) -> None:
    assert [call(breaker, ServiceDown) for _ in range(6)] == ["ServiceDown"] * 5 + ["refused"]


def test_a_success_in_between_keeps_it_closed(breaker: Breaker) -> None:
    for _ in range(4):
        call(breaker, ServiceDown)
    call(breaker)
    for _ in range(4):
        call(breaker, ServiceDown)

    assert call(breaker) == "ok"


def test_ten_failures_of_the_last_twenty_open_it(breaker: Breaker) -> None:
    for _ in range(9):
        assert (call(breaker, ServiceDown), call(breaker)) == ("ServiceDown", "ok")
    call(breaker)
    assert call(breaker, ServiceDown) == "ServiceDown"  # the twentieth call, the tenth failure

    assert call(breaker) == "refused"


def test_it_closes_after_two_successes_in_half_open(breaker: Breaker, clock: Clock) -> None:
    for _ in range(5):
        call(breaker, ServiceDown)

    trace = []
    for seconds, error in ((29, None), (1, None), (0, None), (0, ServiceDown), (0, None)):
        clock.now += seconds
        trace.append((call(breaker, error), breaker.circuit().status))

    assert trace == [
        ("refused", Status.OPEN),
        ("ok", Status.HALF_OPEN),
        ("ok", Status.CLOSED),
        ("ServiceDown", Status.CLOSED),
        ("ok", Status.CLOSED),
    ]


def test_a_failure_in_half_open_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    for _ in range(5):
        call(breaker, ServiceDown)
    clock.now += 30
    assert call(breaker) == "ok"
    assert call(breaker, ServiceDown) == "ServiceDown"

    clock.now += 29
    assert call(breaker) == "refused"
    clock.now += 1
    assert call(breaker) == "ok"


def test_in_half_open_one_call_at_a_time_is_let_through(breaker: Breaker, clock: Clock) -> None:
    for _ in range(5):
        call(breaker, ServiceDown)
    clock.now += 30

    with breaker.guard():
        with pytest.raises(CircuitOpen) as caught, breaker.guard():
            pass
        assert caught.value.retry_after == 10
        clock.now += 10  # the first one says nothing for too long
        assert call(breaker) == "ok"


def test_a_declined_card_shows_the_service_at_work(breaker: Breaker) -> None:
    assert [call(breaker, CardDeclined) for _ in range(30)] == ["CardDeclined"] * 30
    assert breaker.circuit().status is Status.CLOSED


def test_who_is_refused_is_told_when_to_come_back(breaker: Breaker, clock: Clock) -> None:
    for _ in range(5):
        call(breaker, ServiceDown)
    clock.now += 12

    with pytest.raises(CircuitOpen) as caught, breaker.guard():
        pass

    assert (caught.value.http_status, caught.value.retry_after) == (503, 18)
    assert caught.value.data == {"service": "payments"}


def test_processes_share_the_state(clock: Clock) -> None:
    one, other = Breaker("payments", clock=clock), Breaker("payments", clock=clock)
    stranger = Breaker("e-mail", clock=clock)
    for breaker in (one, other, one, other, one):
        call(breaker, ServiceDown)

    assert (call(one), call(other), call(stranger)) == ("refused", "refused", "ok")
    one.reset()
    assert call(other) == "ok"


def test_without_the_server_it_goes_on_from_what_it_saw_last(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaker = Breaker("payments", clock=clock)
    for _ in range(5):
        call(breaker, ServiceDown)

    monkeypatch.setattr(cache_client, "_server", CacheServer("unix:///nonexistent/valkey.sock"))

    assert call(breaker) == "refused"


def test_late_answers_do_not_change_an_open_circuit() -> None:
    opened = Circuit(status=Status.OPEN, opened_at=10.0)

    assert circuit_after(opened, True, 11.0) == opened
    assert circuit_after(opened, False, 11.0) == opened


@given(st.lists(st.booleans(), max_size=60))
def test_it_is_open_exactly_when_the_rule_says_so(outcomes: list[bool]) -> None:
    """The rule, told a second time: stop at the first call that makes 5 in a row, or 10 of the last 20."""
    circuit = Circuit()
    for number, outcome in enumerate(outcomes, start=1):
        circuit = circuit_after(circuit, outcome, float(number))
        seen = outcomes[:number]
        in_a_row = len(seen) >= 5 and not any(seen[-5:])
        often = len(seen) >= 20 and seen[-20:].count(False) >= 10 and not outcome
        assert (circuit.status is Status.OPEN) == (in_a_row or often)
        if circuit.status is Status.OPEN:
            assert circuit_before(circuit, number + 29.9)[1] is False
            assert circuit_before(circuit, number + 30.0)[1] is True
            break


# --- trying again -------------------------------------------------------------------------------------------------


class Service:
    def __init__(self, *errors: type[Exception]) -> None:
        self.errors = list(errors)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


@pytest.fixture(autouse=True)
def no_pauses() -> object:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


def test_what_can_be_retried_is_tried_three_times() -> None:
    service = Service(ServiceDown, ServiceDown)
    assert retry_call(service, retryable=(ServiceDown,)) == "answer"
    assert service.calls == 3

    service = Service(ServiceDown, ServiceDown, ServiceDown)
    with pytest.raises(ServiceDown):
        retry_call(service, retryable=(ServiceDown,))
    assert service.calls == 3


def test_what_cannot_is_not() -> None:
    service = Service(CardDeclined)

    with pytest.raises(CardDeclined):
        retry_call(service, retryable=(ServiceDown,))

    assert service.calls == 1


@pytest.mark.parametrize(("attempt", "most"), [(1, 0.2), (2, 0.4), (3, 0.8), (4, 1.6), (5, 2.0), (9, 2.0)])
def test_pauses_grow_and_are_random_from_zero(attempt: int, most: float) -> None:
    assert pause_seconds(attempt, uniform=lambda low, _high: low) == 0.0
    assert pause_seconds(attempt, uniform=lambda _low, high: high) == pytest.approx(most)
