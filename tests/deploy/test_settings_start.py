"""What production says when its settings are missing, misspelt, doubled or in files."""

from __future__ import annotations

import functools
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.variables import VARIABLES, env
from config.variables.checking import environment_check, variables_unknown
from tests.deploy.asked import ROOT


def production(tmp_path: Path) -> dict[str, str]:
    """An environment that production starts with, and nothing of ours from outside."""
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return clean | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "hotel.example",
        "SITE_URL": "https://hotel.example",
        "EMAIL_URL": "smtp+tls://hotel.example:587",
        "MEDIA_ROOT": str(tmp_path),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }


def manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_secrets_from_files_start_production_and_never_enter_the_environment(tmp_path: Path) -> None:
    environment = production(tmp_path)
    for name in ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"):
        path = tmp_path / name.lower()
        path.write_text(environment.pop(name) + "\n")
        environment[f"{name}_FILE"] = str(path)
    key = (tmp_path / "secret_key").read_text().strip()

    said = manage(
        environment,
        "shell",
        "--no-imports",
        "-c",
        "import os; from django.conf import settings as s; "
        "print(s.SECRET_KEY, s.DATABASES['default']['USER'], s.CELERY_BROKER_URL, 'SECRET_KEY' in os.environ)",
    )

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.split() == [key, "nobody", "redis://127.0.0.1:1/0", "False"]


def test_what_the_installer_writes_is_clean(tmp_path: Path) -> None:
    """`check --deploy` with nothing silenced, with the variables of install.sh."""
    text = (ROOT / "deploy" / "debian" / "install.sh").read_text()
    lines = text[text.index("# Vacancy's settings:") : text.index("\nENV\n")].splitlines()[1:]
    words = dict.fromkeys(("$etc", "$data", "$app", "$backups"), str(tmp_path))
    words |= {"${from:-stay@$host}": "stay@hotel.example", "$host": "hotel.example"}
    environment = {name: value for name, value in production(tmp_path).items() if name not in VARIABLES}
    (tmp_path / "secrets").mkdir()
    for line in lines:
        name, value = line.split("=", 1)
        environment[name] = value = functools.reduce(
            lambda text, word: text.replace(*word), words.items(), value
        )
        secret = name.removesuffix("_FILE")
        if secret != name:
            Path(value).write_text(production(tmp_path).get(secret, secrets.token_urlsafe(48)))

    said = manage(environment, "check", "--deploy", "--fail-level", "WARNING")

    assert (said.returncode, said.stderr) == (0, "")
    assert "(0 silenced)" in said.stdout


def test_all_that_is_wrong_stands_in_one_sentence(tmp_path: Path) -> None:
    environment = production(tmp_path)
    environment["DATABSE_URL"] = environment.pop("DATABASE_URL")
    environment["STRIPE_KEY"] = "sk_1"
    del environment["SECRET_KEY"]

    said = manage(environment, "check")

    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr == (
        "Vacancy does not start: SECRET_KEY (or SECRET_KEY_FILE), DATABASE_URL (or DATABASE_URL_FILE) must be set; "
        "DATABSE_URL is no setting: DATABASE_URL may be meant; "
        "STRIPE_KEY is no setting: STRIPE_SECRET_KEY may be meant. docs/settings.md lists them all.\n"
    )


@pytest.mark.parametrize("program", ["config.wsgi", "config.celery"])
def test_web_and_workers_say_it_as_well(tmp_path: Path, program: str) -> None:
    environment = production(tmp_path)
    del environment["SITE_URL"]
    command = [sys.executable, "-c", f"import {program}"]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert said.stderr == "Vacancy does not start: SITE_URL must be set. docs/settings.md lists them all.\n"


def test_a_secret_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "one")
    monkeypatch.setenv("METRICS_TOKEN_FILE", str(tmp_path / "another"))
    with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN and METRICS_TOKEN_FILE are both set"):
        env("METRICS_TOKEN")


def test_a_file_that_cannot_be_a_secret_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("METRICS_TOKEN", raising=False)
    path = tmp_path / "token"
    monkeypatch.setenv("METRICS_TOKEN_FILE", str(path))
    with pytest.raises(
        ImproperlyConfigured, match=r"METRICS_TOKEN_FILE names .*cannot be read: No such file"
    ):
        env("METRICS_TOKEN")
    for content, trouble in ((b"\n", "is empty"), (b"\xff", "is not text"), (b"x" * 70_000, "is too long")):
        path.write_bytes(content)
        with pytest.raises(ImproperlyConfigured, match=trouble):
            env("METRICS_TOKEN", default="")
    path.write_text(" with spaces \r\n")
    assert env("METRICS_TOKEN") == " with spaces "


def test_only_secrets_come_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SITE_NAME", raising=False)
    (tmp_path / "name").write_text("Aurora")
    monkeypatch.setenv("SITE_NAME_FILE", str(tmp_path / "name"))
    assert env("SITE_NAME", default="Vacancy") == "Vacancy"
    assert variables_unknown()["SITE_NAME_FILE"] == "SITE_NAME"


def test_a_value_that_begins_with_a_dollar_stands_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "$HOME-is-no-variable-here")
    assert env("METRICS_TOKEN", default="") == "$HOME-is-no-variable-here"
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRETS", "$one,two")
    assert env.list("STRIPE_WEBHOOK_SECRETS", default=[]) == ["$one", "two"]


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "POSTGRES_PASSWORD",
        "KUBERNETES_SERVICE_HOST",
        "VACANCY_WEB_SERVICE_HOST",
        "VACANCY_WEB_SERVICE_PORT_HTTP",
        "VACANCY_WEB_PORT_8000_TCP_ADDR",
        "AWS_SECRET_ACCESS_KEY",
        "HOSTNAME",
        "PGDATABASE",
        "SECRET_KEY_FILE",
    ],
)
def test_what_others_need_is_left_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "something")
    assert name not in variables_unknown()


def test_no_variable_is_taken_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, "something")
    assert {name for name in variables_unknown() if name in VARIABLES} == set()


def test_a_provider_needs_no_mail_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [*VARIABLES, *os.environ]:
        monkeypatch.delenv(name, raising=False)
    for name, value in production(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("EMAIL_URL")
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        environment_check()
    monkeypatch.setenv("EMAIL_BACKEND", "anymail.backends.postmark.EmailBackend")
    environment_check()


def test_the_width_of_the_queues_is_set_for_each(tmp_path: Path) -> None:
    environment = production(tmp_path)
    show = (
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings; print(settings.EFFECT_CONCURRENCY)",
    )
    wider = manage(environment | {"EFFECT_CONCURRENCY": "email=12,processing=40"}, *show)
    wrong = manage(environment | {"EFFECT_CONCURRENCY": "mails=12"}, *show)
    assert wider.stdout.strip() == "{'email': 12, 'processing': 40, 'scheduled': 2}", wider.stderr
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "EFFECT_CONCURRENCY gives the queues" in wrong.stderr
