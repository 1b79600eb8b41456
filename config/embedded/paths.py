"""Where everything in a run directory lies: computed from its path alone, so that every process agrees."""

import hashlib
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

DATABASE_NAME = "vacancy"
DATABASE_USER = "vacancy"
POSTGRES_SOCKET_NAME = ".s.PGSQL.5432"
# A socket's path may have 107 bytes on Linux and 103 on macOS.
SOCKET_PATH_LIMIT_BYTES = 103
# Sockets are not put where the path has other characters than these: PostgreSQL splits its list of socket directories
# at commas and takes quotes out, and a URL quotes more than that.
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")


class ServiceURLs(NamedTuple):
    """Addresses of the servers: the database's as django-environ reads it, the cache's as redis-py does.

    django-environ takes a socket's directory from before the database's name (`postgresql://user@//directory/name`) and
    puts it where Django expects a host; libpq's own spelling, `?host=`, would end up among the options.
    """

    database_url: str
    redis_url: str


@dataclass(frozen=True)
class RunPaths:
    """The layout of one run directory."""

    run_dir: Path

    @classmethod
    def of(cls, run_dir: Path | str) -> "RunPaths":
        """Return the layout for `run_dir`, which need not exist yet."""
        return cls(Path(os.path.realpath(run_dir)))

    @cached_property
    def digest(self) -> str:
        """A short name for this run directory that differs from every other's."""
        return hashlib.sha256(os.fsencode(self.run_dir)).hexdigest()[:12]

    @cached_property
    def sockets(self) -> Path:
        """Directory of the sockets; short enough for a socket's path, whatever the project's own path is.

        `XDG_RUNTIME_DIR` is deliberately not consulted: it is set in a log-in shell and unset under cron or su, and two
        processes of one user must come to the same answer.
        """
        inside = self.run_dir / "sockets"
        longest = inside / "postgres" / POSTGRES_SOCKET_NAME
        if len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT_BYTES and PLAIN_PATH.fullmatch(str(inside)):
            return inside
        return Path("/tmp") / f"vacancy-{os.getuid()}-{self.digest}"  # noqa: S108 - private, and its owner is checked

    @property
    def keeper_socket(self) -> Path:
        """Where the keeper listens for users."""
        return self.sockets / "keeper"

    @property
    def postgres_sockets(self) -> Path:
        """Directory of PostgreSQL's socket (a link to where it really is when PostgreSQL runs as another user)."""
        return self.sockets / "postgres"

    @property
    def valkey_socket(self) -> Path:
        """Valkey's socket."""
        return self.sockets / "valkey"

    @property
    def postgres_data(self) -> Path:
        """PostgreSQL's data directory (a link to where it really is when PostgreSQL runs as another user)."""
        return self.run_dir / "postgres"

    @property
    def valkey_data(self) -> Path:
        """Valkey's working directory."""
        return self.run_dir / "valkey"

    @property
    def start_lock(self) -> Path:
        """Held by whoever is starting a keeper."""
        return self.run_dir / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper for as long as it lives."""
        return self.run_dir / "keeper.lock"

    def log(self, name: str) -> Path:
        """Return the log file of `name`."""
        return self.run_dir / "log" / f"{name}.log"


def service_urls(run_dir: Path | str) -> ServiceURLs:
    """Return where the servers are: `DATABASE_URL` and `REDIS_URL`, else the embedded servers of `run_dir`.

    Starts nothing and does not look whether they run.
    """
    paths = RunPaths.of(run_dir)
    return ServiceURLs(
        database_url=os.environ.get("DATABASE_URL")
        or f"postgresql://{DATABASE_USER}@/{paths.postgres_sockets}/{DATABASE_NAME}",
        redis_url=os.environ.get("REDIS_URL") or f"unix://{paths.valkey_socket}?db=0",
    )
