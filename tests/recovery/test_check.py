"""Gaps, an archiver that fails, strangers in the archive, timelines: what `wal_check` finds, and what can go."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.backups.errors import RestoreRefused
from core.backups.wal.bases import BaseBackup, bases_list
from core.backups.wal.checking import wal_check
from core.backups.wal.creating import base_create
from core.backups.wal.reach import reach_for
from core.backups.wal.restoring import point_restore
from core.backups.wal.retention import bases_needed, recovery_prune
from tests.recovery.conftest import PATIENCE_SECONDS, History, Site, restored_rows
from tests.reliability.servers import wait_until

pytestmark = pytest.mark.slow


def command(name: str, *words: str) -> str:
    out = StringIO()
    call_command(name, *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_whole_archive_is_well(of_history: History) -> None:
    report = wal_check(ask_server=False, deep=True)

    assert report.problems == ()
    assert report.bases == 2
    assert report.segments >= 3
    assert report.archiver is None


def test_a_gap_is_found_and_nothing_behind_it_is_promised(of_history: History, tmp_path: Path) -> None:
    archive = of_history.site.archive
    names = sorted(path.name for path in archive.iterdir() if len(path.name) == 24)
    victim = names[names.index(of_history.bases[1].first_segment.name)]
    (archive / victim).rename(tmp_path / victim)
    try:
        with pytest.raises(CommandError, match=f"1 segment is missing in the archive: {victim}"):
            command("wal_check", "--files-only", "--json")
        with pytest.raises(RestoreRefused, match=f"{victim} is missing"):
            point_restore(target=None, into=tmp_path / "restored")
        with pytest.raises(RestoreRefused, match=f"{victim} is missing"):
            reach_for(max(of_history.commits) - timedelta(microseconds=1))
        first, second = of_history.bases
        before = first.ended_at + (second.started_at - first.ended_at) / 3
        assert reach_for(before).base == first
    finally:
        (tmp_path / victim).rename(archive / victim)
    assert json.loads(command("wal_check", "--files-only", "--json"))["gap_count"] == 0


def test_a_segment_of_another_name_or_server_is_found(of_history: History, tmp_path: Path) -> None:
    archive = of_history.site.archive
    victim = of_history.bases[1].first_segment.name
    content = (archive / victim).read_bytes()
    stranger = content[:24] + (12345).to_bytes(8, "little") + content[32:]
    for changed, sentence in (
        (stranger, "belongs to another server"),
        (bytes(len(content)), "is not readable as a segment"),
        ((archive / of_history.bases[0].first_segment.name).read_bytes(), "holds another segment"),
    ):
        (archive / victim).write_bytes(changed)
        try:
            problems = wal_check(ask_server=False, deep=True).problems
        finally:
            (archive / victim).write_bytes(content)
        assert [sentence in problem for problem in problems] == [True], problems


def test_an_archiver_that_fails_is_found_and_goes_on_when_it_can(site: Site) -> None:
    base_create()
    assert wal_check().problems == ()
    site.cluster.ask("SELECT pg_logical_emit_message(true, 'tests', 'on')")
    segment = site.cluster.ask("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
    (site.archive / segment).write_text("somebody else's")
    site.cluster.ask("SELECT pg_switch_wal()")

    failed = "SELECT failed_count FROM pg_stat_archiver"
    assert wait_until(lambda: bool(site.cluster.ask(failed)), seconds=PATIENCE_SECONDS)
    with pytest.raises(CommandError, match="The archive command fails: last with"):
        command("wal_check")
    assert (site.archive / segment).read_text() == "somebody else's"
    assert "is different; nothing was overwritten" in site.cluster.said()

    (site.archive / segment).unlink()
    site.put_away()  # a new segment wakes the archiver, which otherwise tries again after a minute
    assert (site.archive / segment).exists()
    assert wait_until(lambda: wal_check().problems == (), seconds=PATIENCE_SECONDS)


def test_a_server_that_archives_nothing_is_found(site: Site) -> None:
    out = StringIO()
    call_command("backup_base", "--json", stdout=out)
    base = json.loads(out.getvalue())["base"]
    site.put_away()
    site.cluster.stop()
    site.cluster.start(archive_mode="off")

    with pytest.raises(CommandError, match="archive_mode is off, and no pg_receivewal is connected"):
        command("wal_check")

    assert Path(base["folder"]).stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in Path(base["folder"]).rglob("*"))
    assert [one.name for one in bases_list()] == [base["name"]]
    assert base["name"] in command("backup_base", "--list")


def test_after_a_recovery_the_new_timeline_is_followed_and_the_old_one_can_be(
    site: Site, tmp_path: Path
) -> None:
    base_create()
    with site.cluster.connect("vacancy") as session:
        session.execute("CREATE TABLE written (writer int, number int)")
        session.execute("CREATE TABLE total (writer int, number int)")
        session.execute("INSERT INTO written VALUES (1, 1)")
        fork = session.execute("SELECT clock_timestamp()").fetchone()
        session.execute("INSERT INTO written VALUES (1, 2)")
        old = session.execute("SELECT clock_timestamp()").fetchone()
        session.execute("INSERT INTO written VALUES (1, 3)")
    assert fork is not None
    assert old is not None
    site.put_away()
    site.cluster.stop()
    restored = tmp_path / "restored"
    assert point_restore(target=fork[0], into=restored, replace=True).is_aside is False
    site.cluster.start(restored, hot_standby="off")
    with site.cluster.connect("vacancy") as session:
        session.execute("INSERT INTO written VALUES (2, 1)")
        new = session.execute("SELECT clock_timestamp()").fetchone()
        session.execute("INSERT INTO written VALUES (2, 2)")
    assert new is not None
    site.put_away()
    report = wal_check(deep=True)
    assert (report.timeline, report.problems) == (2, ())
    base_create()  # on the new timeline
    site.cluster.stop()

    for number, (moment, timeline, expected) in enumerate(
        [
            (new[0], None, {(1, 1), (2, 1)}),
            (old[0], 1, {(1, 1), (1, 2)}),
            (None, None, {(1, 1), (2, 1), (2, 2)}),
        ]
    ):
        folder = tmp_path / f"again{number}"
        point_restore(target=moment, into=folder, timeline=timeline)
        assert restored_rows(site, folder)[0] == expected
    with pytest.raises(RestoreRefused, match="beyond the last change"):
        reach_for(datetime.now(UTC) + timedelta(hours=1))


def test_a_copy_to_look_into_adds_nothing_to_the_archive(of_history: History, tmp_path: Path) -> None:
    before = sorted(path.name for path in of_history.site.archive.iterdir())

    assert point_restore(target=None, into=tmp_path / "restored").is_aside
    restored_rows(of_history.site, tmp_path / "restored")

    assert sorted(path.name for path in of_history.site.archive.iterdir()) == before


def test_what_no_moment_needs_is_pruned(of_history: History, tmp_path: Path) -> None:
    first, second = of_history.bases
    kept = tmp_path / "kept"
    shutil.copytree(of_history.site.root, kept)
    now = second.ended_at + timedelta(days=1)
    try:
        nothing = recovery_prune(at=now, days=1.001)
        assert nothing.bases == ()
        would = recovery_prune(at=now + timedelta(minutes=1), days=1, dry_run=True)
        assert len(bases_list()) == 2
        pruned = recovery_prune(at=now + timedelta(minutes=1), days=1)

        assert pruned == would
        assert pruned.bases == (first.name,)
        assert pruned.segments >= 1
        assert bases_list() == [second]
        report = wal_check(ask_server=False)
        assert (report.oldest, report.problems) == (second.first_segment.name, ())
        assert recovery_prune(at=now + timedelta(days=1000), days=1).bases == ()
        point_restore(target=None, into=tmp_path / "restored")
        assert restored_rows(of_history.site, tmp_path / "restored")[0] == set(of_history.rows)
    finally:
        shutil.rmtree(of_history.site.root)
        kept.rename(of_history.site.root)


def test_what_is_kept_reaches_every_moment_of_the_window() -> None:
    def base(day: int) -> BaseBackup:
        at = datetime(2027, 3, 1, 2, tzinfo=UTC) + timedelta(days=day)
        return BaseBackup(f"{day}", at, at, 180000, 1, 1, "0/2000028", "0/2000120", 16 << 20, 1, 1, 1.0)

    for today in range(60):
        bases = [base(day) for day in range(today + 1)]
        now = bases[-1].ended_at + timedelta(hours=5)
        needed = bases_needed(bases, since=now - timedelta(days=7))

        assert [one.name for one in needed] == [f"{day}" for day in range(max(0, today - 7), today + 1)]
        assert today < 8 or needed[0].ended_at <= now - timedelta(days=7) < needed[1].ended_at
