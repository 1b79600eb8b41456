"""Segments, positions and timelines as PostgreSQL names them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.backups.wal.names import Path, Segment, lsn_parse, lsn_text, path_of, segment_parse

MEGABYTE = 1024 * 1024
HISTORY = "1\t0/3000158\tno recovery target specified\n\n2\t0/5000000\tbefore 2027-03-01 10:00:00+00\n"


@given(
    timeline=st.integers(1, 0xFFFFFFFF),
    megabytes=st.sampled_from([1, 16, 64, 1024]),
    number=st.integers(0, (1 << 32) - 1),
)
def test_a_name_leads_back_to_its_segment(timeline: int, megabytes: int, number: int) -> None:
    segment = Segment(timeline, number, megabytes * MEGABYTE)
    assert segment_parse(segment.name, segment.segment_bytes) == segment


@given(st.integers(0, (1 << 64) - 1))
def test_a_position_leads_back_to_itself(lsn: int) -> None:
    assert lsn_parse(lsn_text(lsn)) == lsn


@pytest.mark.parametrize(
    ("number", "size", "name"),
    [
        (255, 16 * MEGABYTE, "0000000100000000000000FF"),
        (256, 16 * MEGABYTE, "000000010000000100000000"),
        (64, 64 * MEGABYTE, "000000010000000100000000"),
    ],
)
def test_names_go_on_after_four_gigabytes(number: int, size: int, name: str) -> None:
    assert Segment(1, number, size).name == name


def test_a_history_is_a_path() -> None:
    path = path_of(3, HISTORY)

    assert [(branch.timeline, branch.left_at) for branch in path.branches] == [
        (1, 0x3000158),
        (2, 0x5000000),
        (3, None),
    ]
    assert path.holds(1, 0x3000158)
    assert not path.holds(1, 0x3000159)
    assert path.holds(3, 1 << 60)
    assert not path.holds(4, 0)


@pytest.mark.parametrize(
    ("number", "timelines"),
    [(1, [1]), (2, [1]), (3, [2, 1]), (4, [2]), (5, [3, 2]), (6, [3])],
)
def test_where_a_timeline_branched_its_own_segment_comes_first(number: int, timelines: list[int]) -> None:
    path: Path = path_of(3, HISTORY)
    assert [segment.timeline for segment in path.candidates(number)] == timelines
