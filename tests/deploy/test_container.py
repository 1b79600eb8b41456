"""The image: stages, pins, its user, and what is not in it."""

from __future__ import annotations

import json
import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from dockerfile_parse import DockerfileParser

from config.supervisor.programs import WEB_BACKPRESSURE
from tests.deploy.asked import ROOT
from tests.deploy.programs import canonical, option, production_programs

HOME = ROOT / "deploy" / "container"


def instructions(name: str) -> list[tuple[str, str]]:
    with (HOME / name).open("rb") as file:
        parser = DockerfileParser(fileobj=file)
        structure: list[dict[str, Any]] = parser.structure
    return [(line["instruction"], line["value"]) for line in structure if line["instruction"] != "COMMENT"]


def stages(name: str) -> list[list[tuple[str, str]]]:
    """The instructions of each stage; what stands before the first is left out."""
    found: list[list[tuple[str, str]]] = []
    for instruction, value in instructions(name):
        if instruction == "FROM":
            found.append([])
        if found:
            found[-1].append((instruction, value))
    return found


def values(stage: list[tuple[str, str]], instruction: str) -> list[str]:
    return [value for name, value in stage if name == instruction]


def test_packages_are_the_hashed_pins_and_nothing_is_compiled() -> None:
    packages, program, shipped = stages("Dockerfile")
    (install,) = [value for value in values(packages, "RUN") if "pip install" in value]
    assert {"--no-deps", "--require-hashes", "--only-binary"} <= set(install.split())
    assert "pip" not in " ".join(values(program, "RUN") + values(shipped, "RUN"))
    assert values(shipped, "COPY") == ["--from=program /opt/vacancy /opt/vacancy"]


def test_it_runs_as_a_number_that_is_not_root() -> None:
    shipped = stages("Dockerfile")[-1]
    (user,) = values(shipped, "USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    names = [name for name, _value in shipped]
    assert "RUN" not in names[names.index("USER") :], "nothing is made as that user"
    assert values(shipped, "STOPSIGNAL") == ["SIGTERM"]


def test_the_command_is_the_web_server_of_production() -> None:
    shipped = stages("Dockerfile")[-1]
    (command,) = values(shipped, "CMD")
    words = json.loads(command)
    assert canonical(words) == production_programs()["web"]
    assert option(words, "--backpressure") == str(WEB_BACKPRESSURE)
    assert values(shipped, "EXPOSE") == [option(words, "--port")] == ["8000"]
    (check,) = values(shipped, "HEALTHCHECK")
    one_liner = json.loads(check[check.index("CMD") + 3 :])
    assert one_liner[:2] == ["python", "-c"]
    assert ":8000/livez" in one_liner[2]
    compile(one_liner[2], "healthcheck", "exec")


def test_no_secret_is_in_any_layer() -> None:
    for stage in stages("Dockerfile"):
        for value in values(stage, "ENV") + values(stage, "ARG"):
            assert not re.search(r"SECRET|PASSWORD|TOKEN|_URL", value)
    for run in values(stages("Dockerfile")[1], "RUN"):
        assert "token_urlsafe" in run
        assert 'SECRET_KEY="$(' in run


@pytest.mark.parametrize("name", sorted(path.name for path in HOME.glob("*Dockerfile")))
def test_base_images_are_pinned_to_a_release(name: str) -> None:
    text = (HOME / name).read_text()
    images = re.findall(r"^(?:FROM|ARG \w*IMAGE=) ?(\S+)", text, re.MULTILINE)
    named = [image for image in images if not image.startswith("${") and image != "packages"]
    named = [image.removeprefix("PYTHON_IMAGE=") for image in named]
    assert named
    assert all(re.search(r":[\w.-]*\d|:bookworm-slim", image) for image in named), named
    assert "latest" not in text


def ignored(path: str) -> bool:
    """Whether a build never sees the path, as .dockerignore says."""
    patterns = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    parts = Path(path).parts
    heads = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(
        fnmatch(head, pattern.removeprefix("**/"))
        or (pattern.startswith("**/") and fnmatch(head, f"*/{pattern[3:]}"))
        for pattern in patterns
        for head in heads
    )


@pytest.mark.parametrize(
    "path",
    [
        *(".git/config", ".venv/bin/python", ".run/postgres/PG_VERSION", ".env", "deploy/compose/.env"),
        *(
            "deploy/compose/secrets/secret_key",
            "tests/conftest.py",
            "config/__pycache__/x.pyc",
            "production.env",
        ),
    ],
)
def test_what_must_not_be_in_the_image_is_not_sent_to_the_build(path: str) -> None:
    assert ignored(path)


def test_what_the_site_needs_is_sent() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    needed = [
        path
        for path in listed
        if path.split("/")[0] not in {"tests", "benchmarks", "deploy", "docs", ".github", ".ci"}
        and "/" in path
    ]
    assert len(needed) > 500
    assert [path for path in needed if ignored(path)] == []
    assert not any(map(ignored, ("manage.py", "requirements/base.txt", "deploy/postgres/archive-wal")))
