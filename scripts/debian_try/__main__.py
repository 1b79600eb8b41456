"""`python -m scripts.debian_try`: try the bare Debian path without changing anything of this machine."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from .roots import (
    IN_NAMESPACE,
    PROJECT,
    UNSHARE,
    TryError,
    environment_here,
    namespaces_allowed,
    no_new_names,
    overlay_enter,
)
from .trying import Report, Trial


def main() -> int:
    """The exit status is 1 when a step failed; the report is JSON on the standard output."""
    parser = argparse.ArgumentParser(prog="python -m scripts.debian_try", description=__doc__)
    parser.add_argument("--root", choices=["auto", "namespace", "directory"], default="auto")
    options = parser.parse_args()
    try:
        if os.environ.get(IN_NAMESPACE):
            report = inside(Path(os.environ[IN_NAMESPACE]))
        else:
            place = Path(tempfile.mkdtemp(prefix="vacancy-try-"))
            try:
                allowed = options.root != "directory" and namespaces_allowed(place / "look")
                if options.root == "namespace" and not allowed:
                    raise TryError("This machine allows no namespaces with an overlay: use --root directory.")
                if allowed:
                    (place / "inside").mkdir()
                    return outside(place / "inside")
                report = Trial(root=place / "root", confined=False).run()
            finally:
                shutil.rmtree(place, ignore_errors=True)
    except TryError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(asdict(report), indent=1))
    return 0


def outside(place: Path) -> int:
    """Run this again in namespaces; what it leaves ends with them."""
    command = [*UNSHARE, sys.executable, "-m", "scripts.debian_try"]
    return subprocess.run(
        command, cwd=PROJECT, env=os.environ | {IN_NAMESPACE: str(place)}, check=False
    ).returncode


def inside(place: Path) -> Report:
    """In the namespaces: change into the overlay and try."""
    no_new_names()
    os.environ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    overlay_enter(place, needed=[PROJECT, environment_here(), Path(sys.base_prefix).resolve()])
    return Trial(root=Path("/"), confined=True).run()


if __name__ == "__main__":
    sys.exit(main())
