"""What docs/performance.md promises is read as it stands, and a broken promise is told."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.figures import Run, percentile
from benchmarks.load.figures import Step, hit_rate_between, visitors_a_day
from benchmarks.promises import Promise, broken_promises, document_read, promises_read
from benchmarks.report import BEGIN, END, OPERATIONS, document_write, table

GROWTH_PROMISED = 1.3


def run_of(*, cold: float, naive: float = 100.0, floor: float = 1.0) -> Run:
    ways = {
        "cached": {"ms": [2.0, 2.0, 9.0], "queries": 0},
        "cold": {"ms": [cold], "queries": 3},
        "no_index": {"ms": [50.0], "queries": 3},
        "naive": {"ms": [naive], "queries": 90},
        "sql": {"ms": [0.5], "queries": 1},
    }
    return Run(
        {
            "empty": {"cached": {"ms": [floor], "queries": 0}},
            "empty_api": {"cached": {"ms": [floor], "queries": 0}},
            "reviews": ways,
        }
    )


def test_the_document_promises_something_for_every_operation() -> None:
    promises = promises_read(document_read())
    assert promises.keys() == {key for key, *_rest in OPERATIONS}
    assert {promise.growth for key, promise in promises.items() if key != "search"} == {GROWTH_PROMISED}
    assert all(promise.naive and promise.no_index for promise in promises.values())


def test_marks_of_both_measured_parts_are_there_once() -> None:
    document = document_read()
    for name in ("bench", "load"):
        assert document.count(BEGIN.format(name=name)) == document.count(END.format(name=name)) == 1


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("| `reviews` | 1 | 2 |", "promises reviews in 2 columns"),
        ("| `reviews` | 1 | 2 | 3 | many | 5 |", "promises of reviews what is no number"),
        ("nothing at all", "promises nothing"),
    ],
)
def test_a_document_that_cannot_be_read_is_one_clear_sentence(row: str, sentence: str) -> None:
    with pytest.raises(BenchmarkError, match=sentence):
        promises_read(f"# Promises\n\n{row}\n")


def test_kept_promises_break_nothing_and_broken_ones_are_named() -> None:
    promise = Promise(cached=2, cold=10, naive=10, no_index=5, growth=1.3)
    small, kept = run_of(cold=9), run_of(cold=10)
    assert broken_promises({"reviews": promise}, kept, small=small) == []

    broken = broken_promises({"reviews": promise}, run_of(cold=15, floor=0.5), small=small)

    assert [sentence.split(" ")[0] for sentence in broken] == ["reviews:"] * 5
    assert "cached takes 4.0 times the empty API view, and 2 is promised" in broken[0]
    assert "cold takes 30.0 times" in broken[1]
    assert "6.7 times faster than naive" in broken[2]
    assert "3.3 times faster than no_index" in broken[3]
    assert "ten times the rows cost 3.3 times the time" in broken[4]
    assert broken_promises({"search": promise}, kept, small=small) == ["search: promised, and not measured."]


def test_figures_are_of_rounds_that_were() -> None:
    assert [percentile([4.0, 1.0, 3.0, 2.0], share) for share in (0.0, 0.5, 0.95, 1.0)] == [
        1.0,
        2.0,
        4.0,
        4.0,
    ]
    run = Run.merged([run_of(cold=4).samples, run_of(cold=8).samples])
    assert (run.median("reviews", "cold"), run.p95("reviews", "cold")) == (6.0, 8.0)
    assert run.queries("reviews", "naive") == 90
    assert "| reviews of a property | 35 ms | - / 4 | 2.00 / 9.00 | 6.00 / 8.00 | 0 / 3 | × 8.3 |" in table(
        run, small=None
    )


def test_only_the_named_part_of_the_document_is_replaced(tmp_path: Any) -> None:
    path = tmp_path / "performance.md"
    path.write_text("before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nafter\n")
    document_write("bench", "new", path)
    assert path.read_text() == "before\n<!-- bench: begin -->\nnew\n<!-- bench: end -->\nafter\n"
    with pytest.raises(BenchmarkError, match="lacks the marks of its part load"):
        document_write("load", "new", path)


def test_a_load_is_judged_by_its_targets() -> None:
    good = {"requests": 10_000, "errors": 9, "writes": 2_000, "p95_ms": 199.0, "guests_cpu": 0.4}
    assert Step(150, 300, good, 0.91).broken(with_hits=True) == []
    bad = Step(150, 300, good | {"errors": 10, "p95_ms": 200.0}, 0.9)
    assert [sentence.partition(": ")[2] for sentence in bad.broken(with_hits=True)] == [
        "p95 is 200 ms, 200 is promised.",
        "0.10% errors, 0.1% is promised.",
        "the hit rate is 90.0%, 90% is promised.",
    ]
    assert Step(150, 300, {"requests": 0, "errors": 0, "p95_ms": 0.0}, None).error_share == 1.0
    (bound,) = Step(150, 300, good | {"guests_cpu": 0.95}, 0.91).broken(with_hits=True)
    assert "simulating them took 95% of a processor" in bound
    before = {"catalogue": {"hits_local": 5, "misses": 5}, "user_bookings": {"misses": 1}}
    after = {"catalogue": {"hits_local": 13, "hits_shared": 1, "misses": 6}, "user_bookings": {"misses": 99}}
    assert hit_rate_between(before, after) == 0.9
    assert hit_rate_between(after, after) is None
    assert visitors_a_day(100) == 300_000
