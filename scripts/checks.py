"""`make test`: every check, then the tests; all of them run, and the exit status says whether all passed.

The tests come last, so that the run closes with pytest's count. Checks that consult a database, and the tests, share
one pair of throw-away servers.
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from config.embedded import EmbeddedServerError, services

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
MOST_TEST_PROCESSES = 8
"""One more than there are cores, up to this many: browsers and servers make a test wait, and another can go on."""
MOST_LINES = 80
TEMPLATES = "templates"


@dataclass(frozen=True)
class Check:
    """A command that passes when it exits with 0."""

    title: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def production_environment() -> dict[str, str]:
    """What the production settings demand, made up: `check --deploy` connects to nothing."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "hotel.example",
        "SITE_URL": "https://hotel.example",
        "EMAIL_URL": "smtp+tls://hotel.example:587",
        "DEFAULT_FROM_EMAIL": "stay@hotel.example",
        "MEDIA_ROOT": tempfile.gettempdir(),
    }


def checks() -> list[Check]:
    """Return the checks in the order in which they run, quick ones first."""
    manage = (sys.executable, "manage.py")
    test_settings = {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return [
        Check("lint", (f"{BIN}/ruff", "check", "--quiet", "--output-format", "concise", ".")),
        Check("format", (f"{BIN}/ruff", "format", "--check", "--output-format", "concise", ".")),
        Check("template lint", (f"{BIN}/djlint", TEMPLATES, "--lint", "--quiet")),
        Check("template format", (f"{BIN}/djlint", TEMPLATES, "--check")),
        Check("import contracts", (f"{BIN}/lint-imports",)),
        Check("types", (f"{BIN}/mypy",), test_settings),
        Check("migrations", (*manage, "makemigrations", "--check", "--dry-run"), test_settings),
        Check(
            "production settings",
            (*manage, "check", "--deploy", "--fail-level", "WARNING"),
            production_environment(),
        ),
    ]


def run_check(check: Check) -> bool:
    """Run one check, print its outcome, and what it said when it failed."""
    started = time.monotonic()
    print(f"{check.title:<20} ", end="", flush=True)
    result = subprocess.run(
        check.command,
        cwd=ROOT,
        env=os.environ | check.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    passed = result.returncode == 0
    print(f"{'passed' if passed else 'FAILED'} {time.monotonic() - started:6.1f} s", flush=True)
    if not passed:
        lines = result.stdout.strip().splitlines()
        shown = lines[:MOST_LINES]
        if len(lines) > MOST_LINES:
            shown.append(f"... and {len(lines) - MOST_LINES} more lines: {' '.join(check.command)}")
        print("\n".join(f"    {line}" for line in shown), flush=True)
    return passed


def run_tests(arguments: list[str]) -> bool:
    """Install a browser when there is none, then run pytest."""
    subprocess.run([sys.executable, "-m", "tests.browser"], cwd=ROOT, check=False)
    processes = min((os.cpu_count() or 2) + 1, MOST_TEST_PROCESSES)
    command = [sys.executable, "-m", "pytest", "--quiet", "--numprocesses", str(processes), *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def run(*, tests: bool, pytest_arguments: list[str]) -> bool:
    """Run everything against throw-away servers; True when all of it passed."""
    with services(tempfile.mkdtemp(prefix="vacancy-tests-"), profile="throw-away") as session:
        os.environ["DATABASE_URL"] = session.urls.database_url
        os.environ["REDIS_URL"] = session.urls.redis_url
        outcomes = {check.title: run_check(check) for check in checks()}
        failed = [title for title, passed in outcomes.items() if not passed]
        if failed and tests:
            print(f"Failed so far: {', '.join(failed)}. Now the tests.", flush=True)
        tests_passed = run_tests(pytest_arguments) if tests else True
    if failed and tests:
        print(f"Besides the tests, these failed: {', '.join(failed)}.", file=sys.stderr)
    return tests_passed and not failed


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description="Run every check, then the tests.")
    parser.add_argument("--no-tests", action="store_true", help="only the checks")
    parser.add_argument("pytest_arguments", nargs="*", help="passed on to pytest, after --")
    options = parser.parse_args()
    try:
        return 0 if run(tests=not options.no_tests, pytest_arguments=options.pytest_arguments) else 1
    except EmbeddedServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
