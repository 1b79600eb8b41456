"""systemd's units and timers, cron's lines: as systemd takes them, hardened, and with the programs of production."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery.schedules import crontab

from config.supervisor.programs import WEB_STOP_SECONDS
from core.backups import scheduling
from core.backups.wal.folders import wal_folders
from scripts.debian_try.units import Unit, UnitError, environment_read, unit_read
from tests.deploy.asked import ROOT
from tests.deploy.programs import canonical, option, production_programs

HOME = ROOT / "deploy" / "debian" / "systemd"
LASTING = {
    "vacancy-web@8000.service": "web",
    "vacancy-dispatcher.service": "dispatcher",
    "vacancy-worker-email.service": "worker-email",
    "vacancy-worker-processing.service": "worker-processing",
    "vacancy-worker-scheduled.service": "worker-scheduled",
    "vacancy-beat.service": "beat",
}
ONCE = {
    "vacancy-backup@daily.service": ("backup_create", "--kind", "daily", "--wait", "3600"),
    "vacancy-backup@weekly.service": ("backup_create", "--kind", "weekly", "--wait", "3600"),
    "vacancy-backup@monthly.service": ("backup_create", "--kind", "monthly", "--wait", "3600"),
    "vacancy-monitor.service": ("backup_monitor",),
    "vacancy-drill.service": ("backup_verify", "--level", "restore", "--wait", "3600"),
}
RECEIVER = "vacancy-receive-wal.service"
TIMES = {
    "vacancy-backup-daily.timer": ("*-*-* 02:00:00 UTC", "0 2 * * *"),
    "vacancy-backup-weekly.timer": ("Sun *-*-* 03:00:00 UTC", "0 3 * * 0"),
    "vacancy-backup-monthly.timer": ("*-*-01 04:00:00 UTC", "0 4 1 * *"),
    "vacancy-monitor.timer": ("*-*-* *:10:00 UTC", "10 * * * *"),
    "vacancy-drill.timer": ("Sun *-*-* 05:00:00 UTC", "0 5 * * 0"),
}
systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")


def unit(name: str) -> Unit:
    return unit_read(HOME, name)


def test_every_file_is_known_here() -> None:
    files = {path.name for path in HOME.iterdir() if path.is_file()}
    instances = {re.sub(r"@\w+\.", "@.", name) for name in (*LASTING, *ONCE)}
    assert files == instances | set(TIMES) | {RECEIVER, "vacancy.target"}


@pytest.mark.parametrize("name", LASTING)
def test_a_program_is_that_of_production(name: str) -> None:
    found = unit(name)
    assert canonical(found.command()) == production_programs()[LASTING[name]]
    assert found.command()[0] == "/opt/vacancy/venv/bin/python"
    assert (found.one("Restart"), found.one("KillSignal"), found.one("KillMode")) == (
        "always",
        "SIGTERM",
        "mixed",
    )


@pytest.mark.parametrize("name", ONCE)
def test_a_command_is_one_that_exists(name: str) -> None:
    assert unit(name).command() == ("/opt/vacancy/venv/bin/python", "manage.py", *ONCE[name])
    assert unit(name).one("Type") == "oneshot"


def test_the_receiver_is_the_script_beside_it_and_writes_where_the_site_looks() -> None:
    found = unit(RECEIVER)
    program, folder = found.command()
    assert (ROOT / program.removeprefix("/opt/vacancy/")).is_file()
    assert folder == str(Path(found.one("ReadWritePaths").split()[1]) / wal_folders()[1].name)
    assert (found.one("Restart"), found.one("KillMode")) == ("always", "mixed")


@pytest.mark.parametrize("name", [*LASTING, *ONCE, RECEIVER])
def test_every_unit_is_hardened(name: str) -> None:
    found = unit(name)
    wanted = {
        "User": "vacancy",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ReadWritePaths": "/var/lib/vacancy /var/backups/vacancy",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "EnvironmentFile": "/etc/vacancy/vacancy.env",
    }
    assert {key: found.one(key) for key in wanted} == wanted
    assert re.fullmatch(r"\d+[MG]", found.one("MemoryMax"))


def test_the_web_listens_where_nginx_asks_and_answers_before_it_ends() -> None:
    found = unit("vacancy-web@8001.service")
    assert (option(found.command(), "--host"), option(found.command(), "--port")) == ("127.0.0.1", "8001")
    assert found.command("ExecStartPost") == ("/opt/vacancy/deploy/debian/wait-ready", "8001")
    assert int(found.one("TimeoutStopSec")) > WEB_STOP_SECONDS
    target = unit_read(HOME, "vacancy.target")
    wanted = {name for line in target.all("Wants", section="Unit") for name in line.split()}
    assert wanted == {*LASTING, "vacancy-web@8001.service"}
    for name in LASTING:
        assert unit(name).all("PartOf", section="Unit") == ["vacancy.target"]


@pytest.mark.parametrize("name", TIMES)
def test_a_timer_starts_its_service_at_its_time_in_utc(name: str) -> None:
    found = unit_read(HOME, name)
    assert found.all("OnCalendar", section="Timer") == [TIMES[name][0]]
    assert found.one("Unit", section="Timer") in ONCE
    assert found.one("Persistent", section="Timer") == "true"


def test_cron_says_the_same() -> None:
    lines = [
        line
        for line in (ROOT / "deploy" / "cron" / "vacancy").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    variables = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    assert variables["CRON_TZ"] == "UTC"
    entries = [line.split(maxsplit=6) for line in lines if not re.match(r"[A-Z_]+=", line)]
    times = {" ".join(entry[:5]): entry for entry in entries}
    assert set(times) == {cron for _calendar, cron in TIMES.values()}
    for name, (_calendar, cron) in TIMES.items():
        _, _, _, _, _, user, command = times[cron]
        service = unit_read(HOME, name).one("Unit", section="Timer")
        assert user == "vacancy"
        assert command == f"/opt/vacancy/deploy/debian/vacancy-manage {' '.join(ONCE[service])} >/dev/null"


@systemd
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    units = tmp_path / "etc/systemd/system"
    shutil.copytree(HOME, units)
    system = Path("/lib/systemd/system")
    for name in (
        "sysinit",
        "basic",
        "multi-user",
        "timers",
        "network-online",
        "shutdown",
        "network",
        "time-sync",
        "time-set",
    ):
        if (system / f"{name}.target").exists():
            shutil.copyfile(system / f"{name}.target", units / f"{name}.target")
    (units / "sysinit.target").write_text("[Unit]\nDescription=made for the check\n")
    for program in (
        "opt/vacancy/venv/bin/python",
        "opt/vacancy/deploy/debian/wait-ready",
        "opt/vacancy/deploy/postgres/receive-wal",
    ):
        path = tmp_path / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    names = [*LASTING, *ONCE, *TIMES, RECEIVER, "vacancy.target"]
    said = subprocess.run(
        ["systemd-analyze", "verify", f"--root={tmp_path}", "--man=no", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in said.stderr.splitlines() if "vacancy" in line]
    assert ours == []
    exposed = subprocess.run(
        [
            "systemd-analyze",
            "security",
            "--offline=true",
            f"--root={tmp_path}",
            "--no-pager",
            "--threshold=20",
            *LASTING,
            RECEIVER,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert exposed.returncode == 0, exposed.stdout[-200:] + exposed.stderr


@systemd
@pytest.mark.parametrize("calendar", sorted({calendar for calendar, _cron in TIMES.values()}))
def test_systemd_takes_the_times(calendar: str) -> None:
    said = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=3", calendar],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert f"Normalized form: {calendar}" in said.stdout


def test_they_are_the_times_of_the_site_s_own_scheduler() -> None:
    names = {
        "vacancy-backup-daily.timer": scheduling.DAILY,
        "vacancy-backup-weekly.timer": scheduling.WEEKLY,
        "vacancy-backup-monthly.timer": scheduling.MONTHLY,
        "vacancy-monitor.timer": scheduling.MONITOR,
        "vacancy-drill.timer": scheduling.DRILL,
    }
    assert set(names.values()) == set(scheduling.TIMES)
    for name, (_calendar, cron) in TIMES.items():
        own = scheduling.TIMES[names[name]]
        minute, hour, day, month, weekday = cron.split()
        wanted = {
            "minute": minute,
            "hour": hour,
            "day_of_month": day,
            "month_of_year": month,
            "day_of_week": weekday,
        }
        assert {key: set(getattr(own, key)) for key in wanted} == {
            key: set(getattr(crontab(**{key: value}), key)) for key, value in wanted.items()
        }


def test_the_times_of_cron_are_those_of_systemd() -> None:
    """Our own reading of both over two years, without systemd."""
    day = datetime(2027, 1, 1, tzinfo=UTC)
    for calendar, cron in TIMES.values():
        for offset in range(731 * 24):
            moment = day + timedelta(hours=offset, minutes=int(cron.split()[0]))
            assert _by_calendar(calendar, moment) == _by_cron(cron, moment), (calendar, moment)


def _by_calendar(text: str, moment: datetime) -> bool:
    match = re.fullmatch(r"(?:(\w{3}) )?\*-\*-(\*|\d\d) (\*|\d\d):(\d\d):00 UTC", text)
    assert match, text
    weekday, date, hour, minute = match.groups()
    return (
        (weekday is None or moment.strftime("%a") == weekday)
        and date in {"*", f"{moment.day:02}"}
        and hour in {"*", f"{moment.hour:02}"}
        and int(minute) == moment.minute
    )


def _by_cron(text: str, moment: datetime) -> bool:
    now = (moment.minute, moment.hour, moment.day, moment.month, moment.isoweekday() % 7)
    return all(wanted in {"*", str(given)} for wanted, given in zip(text.split(), now, strict=True))


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("[Service]\nExecStrat=/bin/true\n", "ExecStrat does not belong into"),
        ("[Servise]\nType=exec\n", "no section"),
        ("[Service]\nType=exec\nType=oneshot\n", "said before"),
        ("[Service]\nnothing\n", "no line of a unit"),
        ("Type=exec\n", "does not belong into"),
    ],
)
def test_the_reader_is_strict(tmp_path: Path, text: str, trouble: str) -> None:
    (tmp_path / "x.service").write_text(text)
    with pytest.raises(UnitError, match=trouble):
        unit_read(tmp_path, "x.service")


def test_an_environment_that_shell_and_systemd_read_differently_is_refused() -> None:
    assert environment_read("# note\nA=1\nB='two words'\nC=\n") == {"A": "1", "B": "two words", "C": ""}
    with pytest.raises(UnitError, match="line 1"):
        environment_read("A=two words\n")
