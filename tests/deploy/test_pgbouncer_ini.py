"""PgBouncer's configurations: every key is documented, sizes fit PostgreSQL's, and the common part has one home."""

from __future__ import annotations

import configparser
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from config.embedded.binaries import find_postgres
from config.embedded.privileges import choose_identity
from config.embedded.processes import stop_child
from tests.deploy.asked import ROOT
from tests.deploy.test_postgres_conf import settings_of
from tests.reliability.servers import wait_until

HOME = ROOT / "deploy" / "pgbouncer"
INCLUDE = "%include /etc/pgbouncer/pgbouncer.ini"
SIZES = ("500", "10000")
# All keys of PgBouncer's documentation (section [pgbouncer]) that 1.18, which Debian 12 has, knows too.
DOCUMENTED = frozenset(
    """
    logfile pidfile listen_addr listen_port unix_socket_dir unix_socket_mode unix_socket_group user
    pool_mode max_client_conn default_pool_size min_pool_size reserve_pool_size reserve_pool_timeout
    max_db_connections max_user_connections server_round_robin track_extra_parameters
    ignore_startup_parameters disable_pqexec application_name_add_host conffile service_name job_name
    stats_period auth_type auth_hba_file auth_file auth_user auth_query auth_dbname syslog syslog_ident
    syslog_facility log_connections log_disconnections log_pooler_errors log_stats verbose admin_users
    stats_users server_reset_query server_reset_query_always server_check_delay server_check_query
    server_fast_close server_lifetime server_idle_timeout server_connect_timeout server_login_retry
    client_login_timeout autodb_idle_timeout dns_max_ttl dns_nxdomain_ttl dns_zone_check_period
    resolv_conf client_tls_sslmode client_tls_key_file client_tls_cert_file client_tls_ca_file
    client_tls_protocols client_tls_ciphers client_tls_ecdhcurve client_tls_dheparams server_tls_sslmode
    server_tls_ca_file server_tls_key_file server_tls_cert_file server_tls_protocols server_tls_ciphers
    query_timeout query_wait_timeout cancel_wait_timeout client_idle_timeout idle_transaction_timeout
    suspend_timeout pkt_buf max_packet_size listen_backlog sbuf_loopcnt so_reuseport tcp_defer_accept
    tcp_socket_buffer tcp_keepalive tcp_keepcnt tcp_keepidle tcp_keepintvl tcp_user_timeout
    """.split()  # noqa: SIM905 - a list of ninety quoted words is no easier to read
)


def read(text: str) -> configparser.ConfigParser:
    """As PgBouncer reads it: the later of two values holds."""
    parser = configparser.ConfigParser(interpolation=None, comment_prefixes=(";", "#"), strict=False)
    parser.read_string(text)
    return parser


def text_of(path: Path) -> str:
    """A file with what it includes in the place where it does."""
    return re.sub(
        r"^%include /etc/pgbouncer/([\w.-]+)$",
        lambda match: text_of(HOME / match[1]),
        path.read_text(),
        flags=re.MULTILINE,
    )


def whole(size: str) -> configparser.ConfigParser:
    return read(text_of(HOME / f"pgbouncer-{size}.ini"))


@pytest.mark.parametrize(
    "path", [*sorted(HOME.glob("*.ini")), ROOT / "deploy/compose/pgbouncer.ini"], ids=str
)
def test_every_key_is_documented_and_no_section_is_begun_twice(path: Path) -> None:
    """A second [pgbouncer] would set all that was said before back to the defaults."""
    text = text_of(path)
    assert len(re.findall(r"^\[pgbouncer\]$", text, re.MULTILINE)) == 1
    assert set(read(text)["pgbouncer"]) <= DOCUMENTED
    assert read(text)["pgbouncer"]["pool_mode"] == "transaction"


@pytest.mark.parametrize("size", SIZES)
def test_the_common_part_is_not_said_again(size: str) -> None:
    own = read("[pgbouncer]\n" + (HOME / f"pgbouncer-{size}.ini").read_text().replace(INCLUDE, ""))[
        "pgbouncer"
    ]
    common = read((HOME / "pgbouncer.ini").read_text())["pgbouncer"]
    assert {key for key, value in own.items() if common.get(key) == value} <= {"reserve_pool_timeout"}


@pytest.mark.parametrize("size", SIZES)
def test_a_pool_fits_into_what_postgresql_allows(size: str) -> None:
    pooler = whole(size)["pgbouncer"]
    server = settings_of(ROOT / "deploy" / "postgres" / f"postgresql-{size}.conf")
    most = int(pooler["default_pool_size"]) + int(pooler["reserve_pool_size"])
    assert most <= int(server["max_connections"]) - int(server["superuser_reserved_connections"]) - 20
    assert int(pooler.get("max_db_connections", str(most))) >= most
    assert (pooler["pool_mode"], pooler["server_reset_query"]) == ("transaction", "")
    assert pooler["auth_type"] == "scram-sha-256"


def test_who_may_come_covers_every_thread_of_every_process() -> None:
    """As the comments count it: web threads, workers, and all of it twice during an upgrade."""
    assert int(whole("500")["pgbouncer"]["max_client_conn"]) >= 2 * (2 * 8 + 10 + 4)
    assert int(whole("10000")["pgbouncer"]["max_client_conn"]) >= 2 * (6 * 4 * 8 + 60)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.skipif(not shutil.which("pgbouncer"), reason="no pgbouncer is installed here")
def test_pgbouncer_itself_takes_it(size: str) -> None:
    place = Path(tempfile.mkdtemp(prefix="vacancy-pgb-"))
    place.chmod(0o777)
    for name in ("pgbouncer.ini", f"pgbouncer-{size}.ini"):
        text = (HOME / name).read_text().replace("/etc/pgbouncer/", f"{place}/")
        (place / name).write_text(text)
    with (place / f"pgbouncer-{size}.ini").open("a") as file:
        file.write(f"listen_addr =\nunix_socket_dir = {place}\nadmin_users = vacancy\n")
    (place / "userlist.txt").write_text('"vacancy" "secret"\n')
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(shutil.which("pgbouncer")), str(place / f"pgbouncer-{size}.ini")],
            stderr=log,
            **choose_identity().popen_arguments(death_signal=signal.SIGTERM),
        )
    try:
        assert wait_until((place / ".s.PGSQL.6432").exists, seconds=120), (place / "log").read_text()
        said = (place / "log").read_text()
        assert "ERROR" not in said
        assert "WARNING unknown" not in said
        shown = subprocess.run(
            [
                find_postgres().bin_dir / "psql",
                "-XqAtF=",
                "-h",
                place,
                "-p",
                "6432",
                "-U",
                "vacancy",
                "pgbouncer",
            ],
            input="SHOW CONFIG;",
            env={"PGPASSWORD": "secret"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        taken = {line.split("=")[0]: line.split("=")[1] for line in shown.splitlines()}
        moved = {"listen_addr", "auth_file"}
        wanted = {key: value for key, value in whole(size)["pgbouncer"].items() if key not in moved}
        assert {key: taken[key] for key in wanted} == wanted
    finally:
        stop_child(process, signals=((signal.SIGTERM, 10.0),))
        shutil.rmtree(place, ignore_errors=True)
