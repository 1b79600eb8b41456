"""The workflow that backs up from a hosted CI: its times, its steps, and what becomes of its secrets."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.variables import VARIABLES, variable_names
from tests.deploy.asked import ROOT
from tests.deploy.test_units import TIMES

FILE = ROOT / ".github" / "workflows" / "backup.yml"
KINDS = {"0 2 * * *": "daily", "0 3 * * 0": "weekly", "0 4 1 * *": "monthly"}


class Words(yaml.SafeLoader):
    """YAML 1.1 reads `on` as true; a workflow means the word."""


Words.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def workflow() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(FILE.read_text(), Loader=Words)
    return found


def steps() -> dict[str, dict[str, Any]]:
    (job,) = workflow()["jobs"].values()
    return {step["name"]: step for step in job["steps"]}


def shell(script: str, environment: dict[str, str], place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        env={"PATH": os.environ["PATH"]} | environment,
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_has_a_trigger_by_hand_and_the_three_times() -> None:
    triggers = workflow()["on"]
    assert set(triggers) == {"schedule", "workflow_dispatch"}
    times = [each["cron"] for each in triggers["schedule"]]
    assert set(times) == set(KINDS) <= {cron for _calendar, cron in TIMES.values()}
    kind = triggers["workflow_dispatch"]["inputs"]["kind"]
    assert kind["default"] in kind["options"]
    assert set(kind["options"]) == {"manual", *KINDS.values()}


def test_it_may_read_the_code_and_nothing_else() -> None:
    whole = workflow()
    assert whole["permissions"] == {"contents": "read"}
    assert whole["concurrency"] == {"group": "backup", "cancel-in-progress": "false"}
    (job,) = whole["jobs"].values()
    assert "permissions" not in job
    assert int(job["timeout-minutes"]) <= 360
    assert steps()["Get the program"]["with"] == {"persist-credentials": "false"}
    for step in steps().values():
        assert ("uses" in step) != ("run" in step)
        if "uses" in step:
            assert re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"])


def test_every_variable_is_a_setting_and_none_is_missing() -> None:
    (job,) = workflow()["jobs"].values()
    made = set(re.findall(r'echo "(\w+)=', steps()["Make the files that settings name"]["run"]))
    given = set(job["env"]) | made
    assert given <= variable_names()
    assert {name for name, variable in VARIABLES.items() if variable.required} <= given


def test_secrets_are_never_written_into_a_command() -> None:
    for step in steps().values():
        assert "{{ secrets" not in step.get("run", "")
        assert "{{ inputs" not in step.get("run", ""), "what is typed by hand comes through the environment"


def test_backup_then_push_and_then_word_of_a_failure() -> None:
    names = list(steps())
    commands = [step["run"] for step in steps().values() if "manage.py" in step.get("run", "")]
    assert [re.search(r"manage\.py (\w+)", command)[1] for command in commands] == [
        "backup_create",
        "backup_push",
    ]  # type: ignore[index]
    assert names[-1] == "Tell the chat that it failed"
    assert steps()[names[-1]]["if"] == "failure()"


@pytest.mark.parametrize(("schedule", "kind"), [*KINDS.items(), ("", "weekly"), ("", "")])
def test_the_kind_follows_the_time(tmp_path: Path, schedule: str, kind: str) -> None:
    chosen = {
        "CHOSEN": "" if schedule else kind,
        "SCHEDULE": schedule,
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }
    said = shell(steps()["Choose the kind"]["run"], chosen, tmp_path)
    assert said.returncode == 0, said.stderr
    assert (tmp_path / "output").read_text() == f"kind={kind or 'manual'}\n"


def test_without_a_secret_it_says_which(tmp_path: Path) -> None:
    script = steps()["Make the files that settings name"]["run"]
    given = {
        "DATABASE_URL": "postgresql://x",
        "BACKUP_DESTINATION": "s3://x",
        "BACKUP_KEY": "word",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ENV": str(tmp_path / "env"),
    }
    for name in ("DATABASE_URL", "BACKUP_DESTINATION", "BACKUP_KEY"):
        said = shell(script, given | {name: ""}, tmp_path)
        assert said.returncode == 1
        assert f"The secret {name} is not set" in said.stdout
    assert shell(script, given, tmp_path).returncode == 0
    assert (tmp_path / "backup_key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "backup_key").read_text() == "word"


def test_the_chat_is_told_in_words_it_understands(tmp_path: Path) -> None:
    """The step as it is, with a `curl` that keeps what it was given."""
    curl = tmp_path / "curl"
    curl.write_text(f'#!/bin/sh\ncat >"{tmp_path}/sent"\nprintf "%s\\n" "$@" >"{tmp_path}/arguments"\n')
    curl.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "CHAT_WEBHOOK_URL": "https://chat.example/hook",
        "KIND": "daily",
        "RUN": "https://ci.example/1",
        "GITHUB_REPOSITORY": "hotel/vacancy",
    }
    script = steps()["Tell the chat that it failed"]["run"]
    assert shell(script, environment, tmp_path).returncode == 0
    sent = json.loads((tmp_path / "sent").read_text())
    assert sent["text"] == sent["content"] == "The daily backup of hotel/vacancy failed: https://ci.example/1"
    assert (tmp_path / "arguments").read_text().splitlines()[-1] == "https://chat.example/hook"
    nobody = shell(script, environment | {"CHAT_WEBHOOK_URL": ""}, tmp_path)
    assert nobody.returncode == 0
    assert "nobody was told" in nobody.stdout
