"""The comparison of web servers: its figures and its table."""

from __future__ import annotations

from benchmarks.web_servers import GUNICORN, Measured, candidates, tables


def test_what_counts_is_the_ratio_within_a_round() -> None:
    first = Measured(rates=[100.0, 50.0], seconds=[0.010] * 100)
    other = Measured(rates=[120.0, 65.0], seconds=[0.008] * 95 + [0.1] * 5, errors=2)

    row = other.row(first)

    assert row == {"per_second": 92.5, "ratio": 1.25, "p50_ms": 8.0, "p95_ms": 95.4, "errors": 2}
    text = tables(
        [{"server": "a", "path": "/"} | first.row(first), {"server": "b", "path": "/"} | row], rounds=2
    )
    assert text.splitlines()[4:6] == [
        "| b | 92.5 | 1.25 | 8.0 | 95.4 | 2 |",
        "| a | 75.0 | 1.0 | 10.0 | 10.0 | 0 |",
    ]


def test_gunicorn_is_measured_only_where_it_is() -> None:
    without = candidates(port=8000, gunicorn="")
    with_it = candidates(port=8000, gunicorn="/opt/gunicorn")

    assert "as it is" in without[0].name
    assert len(with_it) == len(without) + len(GUNICORN)
    assert {one.python_path for one in with_it[len(without) :]} == {"/opt/gunicorn"}
    assert len({one.name for one in with_it}) == len(with_it)
