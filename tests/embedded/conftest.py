"""Fixtures of the launcher's tests: places that every kind of user can reach, and processes that are cleaned up."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.embedded.paths import RunPaths
from config.embedded.placement import forget

from . import harness
from .harness import Caller, Holder

Hold = Callable[..., Holder]


@pytest.fixture(scope="session")
def launcher_copy() -> Iterator[Path]:
    """A copy of the launcher that any user can read."""
    place = Path(tempfile.mkdtemp(prefix="vacancy-launcher-", dir="/tmp"))
    place.chmod(0o755)
    yield harness.copy_launcher(place)
    shutil.rmtree(place)


@pytest.fixture(params=harness.available_callers(), ids=lambda caller: caller.name)
def any_caller(request: pytest.FixtureRequest) -> Caller:
    """Every kind of user in turn."""
    caller: Caller = request.param
    return caller


@pytest.fixture
def caller() -> Caller:
    """Whoever runs the tests, in the way that comes first for them."""
    return harness.available_callers()[0]


@pytest.fixture
def run_dir() -> Iterator[Path]:
    """A run directory that does not exist yet, in a place where any user can make it."""
    place = Path(tempfile.mkdtemp(prefix="vacancy-run-", dir="/tmp")).resolve()
    place.chmod(0o777)
    path = place / "run"
    yield path
    harness.end_everything(path)
    forget(RunPaths.of(path))
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster(launcher_copy: Path) -> Iterator[Path]:
    """A new cluster's data directory to copy, because initdb would take most of the tests' time."""
    place = Path(tempfile.mkdtemp(prefix="vacancy-cluster-", dir="/tmp"))
    holder = Holder(place, caller=harness.available_callers()[0], python_path=launcher_copy)
    assert "error" not in holder.answer()
    holder.leave()
    data = RunPaths.of(place).postgres_data
    yield data.resolve()
    forget(RunPaths.of(place))
    shutil.rmtree(place)


@pytest.fixture
def hold(run_dir: Path, caller: Caller, launcher_copy: Path, cluster: Path) -> Iterator[Hold]:
    """Start holders of the run directory's servers; by default as `caller` and on a cluster that exists.

    With `fresh=True` the launcher finds nothing and has to make the cluster.
    """
    holders: list[Holder] = []

    def start(*, fresh: bool = False, **options: Any) -> Holder:
        arguments = {"run_dir": run_dir, "caller": caller, "python_path": launcher_copy} | options
        place = arguments["run_dir"]
        if not fresh and not place.exists():
            place.mkdir(mode=0o700)
            shutil.copytree(cluster, place / "postgres")
            harness.give(place, uid=arguments["caller"].uid)
        holders.append(Holder(arguments.pop("run_dir"), **arguments))
        return holders[-1]

    yield start
    for holder in holders:
        if holder.process.poll() is None:
            holder.kill()
        else:
            holder.leave()
