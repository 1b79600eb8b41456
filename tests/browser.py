"""The browser of the browser tests: an installed Chromium, or one that is installed for them.

`python -m tests.browser` (part of `make test`) makes sure there is one. Where none can be had the tests that need it
are skipped and say so; with `CI=true` they fail, because there nobody reads the reasons of skips.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT_PATTERNS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium_headless_shell-*/chrome-linux*/headless_shell",
    "chromium_headless_shell-*/chrome-headless-shell-linux*/chrome-headless-shell",
    "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
)
BROWSER_FIXTURES = {"browser", "context", "page", "new_context"}
MISSING = "no Chromium is installed and none could be had, so the browser tests were not run"
INSTALL_SECONDS = 600


def find_chromium() -> str | None:
    """Return the program to start: `CHROMIUM_PATH`, an installed Chromium or Chrome, Playwright's, or None."""
    if given := os.environ.get("CHROMIUM_PATH"):
        return given if os.access(given, os.X_OK) else None
    for command in COMMANDS:
        if found := shutil.which(command):
            return found
    return next(_playwright_browsers(), None)


def _playwright_browsers() -> Iterator[str]:
    given = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    places = [Path(given)] if given else []
    places += [Path.home() / ".cache" / "ms-playwright", Path.home() / "Library" / "Caches" / "ms-playwright"]
    for place in places:
        for pattern in PLAYWRIGHT_PATTERNS:
            yield from map(str, sorted(place.glob(pattern), reverse=True))


def install_chromium() -> None:
    """Try to install one: Debian's package as root, otherwise Playwright's into the home directory."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        commands = [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]]
    else:
        commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    for command in commands:
        try:
            subprocess.run(
                command,
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=INSTALL_SECONDS,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            print(f"{' '.join(command)}: {error}", file=sys.stderr)
            return


def launch_arguments() -> dict[str, object]:
    """Return what Playwright's `launch` needs for the browser that was found."""
    # Chromium refuses its sandbox to root; /dev/shm is tiny in containers.
    # A busy machine looks to it like a slow line, on which it loads pictures far below what is seen.
    flags = ["--disable-dev-shm-usage", "--force-effective-connection-type=4G"]
    flags += ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": find_chromium(), "args": flags}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or under CI fail, what needs a browser where there is none."""
    needs_browser = BROWSER_FIXTURES.intersection(
        getattr(item, "fixturenames", ())
    ) or item.get_closest_marker("e2e")
    if needs_browser and find_chromium() is None:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"CI is set, but {MISSING}", pytrace=False)
        pytest.skip(MISSING)


def main() -> int:
    """Make sure that there is a browser; the exit status says whether there is."""
    if find_chromium() is None:
        print("Installing Chromium for the browser tests ...", flush=True)
        install_chromium()
    if find_chromium() is None:
        print(f"Note: {MISSING}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
