"""The file for one machine: valid by the specification, hardened throughout, and with the programs of production."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import compose_spec
import pytest
import yaml

from config.variables import VARIABLES, variable_names
from tests.deploy.asked import ROOT
from tests.deploy.programs import canonical, production_programs
from tests.deploy.test_pgbouncer_ini import read, text_of

HOME = ROOT / "deploy" / "compose"
VARIABLE = re.compile(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}")


def environment_file() -> dict[str, str]:
    lines = (HOME / "example.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def interpolated() -> str:
    """The file as compose reads it with example.env."""
    given = environment_file()

    def value(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        assert name in given or kind == ":-", f"{name} is asked for and not in example.env"
        return given.get(name) or default

    return VARIABLE.sub(value, (HOME / "compose.yaml").read_text())


def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(interpolated())
    return found


def services() -> dict[str, Any]:
    found: dict[str, Any] = document()["services"]
    return found


def ours() -> dict[str, Any]:
    """The services that run Vacancy."""
    return {
        name: service
        for name, service in services().items()
        if "DJANGO_SETTINGS_MODULE" in service.get("environment", {})
    }


def secrets_of(service: dict[str, Any]) -> set[str]:
    return {given if isinstance(given, str) else given["source"] for given in service.get("secrets", [])}


def test_it_is_a_compose_file() -> None:
    compose = compose_spec.PyCompose.from_json(json.dumps(document()))
    compose.validate()
    assert set(compose.service_names()) == set(services())


def test_every_variable_of_the_example_is_used_and_none_is_missing() -> None:
    asked = {match[0] for match in VARIABLE.findall((HOME / "compose.yaml").read_text())}
    assert asked == set(environment_file())


def test_the_programs_are_those_of_production() -> None:
    for name, command in production_programs().items():
        assert canonical(services()[name]["command"]) == command, name


@pytest.mark.parametrize("name", sorted(services()))
def test_every_service_is_hardened(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert re.fullmatch(r"\d+m", service["mem_limit"])
    assert not service.get("privileged")
    allowed = {"proxy": {"NET_BIND_SERVICE"}, "prepare": {"CHOWN", "FOWNER", "DAC_OVERRIDE"}}
    assert set(service.get("cap_add", [])) == allowed.get(name, set())


def test_memory_fits_into_the_machine() -> None:
    lasting = [service for service in services().values() if service.get("restart") != "no"]
    assert sum(int(service["mem_limit"].rstrip("m")) for service in lasting) <= 5 * 1024


def test_only_the_proxy_is_open_to_the_world_and_the_data_have_no_way_out() -> None:
    assert [name for name, service in services().items() if "ports" in service] == ["proxy"]
    assert document()["networks"]["inside"] == {"internal": True}
    for name in ("db", "pgbouncer", "valkey"):
        assert services()[name]["networks"] == ["inside"]
    assert services()["proxy"]["networks"] == ["outside"]


def test_all_that_is_named_is_defined() -> None:
    whole = document()
    used: dict[str, set[str]] = {"secrets": set(), "volumes": set(), "networks": set()}
    for name, service in services().items():
        used["secrets"].update(secrets_of(service))
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (HOME / source).resolve().exists(), source
            else:
                used["volumes"].add(source)
        used["networks"].update(service.get("networks", []))
        assert set(service.get("depends_on", {})) <= set(services())
        environment = map(str, service.get("environment", {}).values())
        files = {value.rpartition("/")[2] for value in environment if value.startswith("/run/secrets/")}
        assert files <= secrets_of(service), name
    for kind, names in used.items():
        assert names == set(whole[kind]), kind


def test_everything_waits_for_the_migration() -> None:
    waiting = set(ours()) - {"migrate"}
    assert {"web", "dispatcher", "beat", "worker-email", "worker-processing", "worker-scheduled"} <= set(
        waiting
    )
    for name in waiting:
        assert services()[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}, (
            name
        )
    migrate = services()["migrate"]
    assert "manage.py upgrade" in " ".join(migrate["command"])
    assert migrate["restart"] == "no"
    assert migrate["environment"]["DATABASE_URL_FILE"].endswith("database_url_direct")


def test_every_setting_is_one() -> None:
    for name, service in ours().items():
        assert set(service["environment"]) <= variable_names(), name
        given = {key if key in VARIABLES else key.removesuffix("_FILE") for key in service["environment"]}
        required = {key for key, variable in VARIABLES.items() if variable.required} - {
            "MEDIA_ROOT"
        }  # in the image
        assert required <= given, name


def test_only_what_makes_backups_may_change_them() -> None:
    place = ":/var/backups/vacancy"
    given = {
        name: [each for each in service["volumes"] if place in each and "wal" not in each]
        for name, service in ours().items()
    }
    assert given["web"] == ["backups:/var/backups/vacancy:ro"]
    assert {name for name, volumes in given.items() if volumes} == {"web", "migrate", "worker-scheduled"}
    for name, service in ours().items():
        assert "erasures:/var/lib/vacancy/erasures" in service["volumes"], name


def test_what_answers_is_asked_and_what_hangs_is_restarted() -> None:
    for name in ("db", "valkey", "proxy"):
        assert services()[name]["healthcheck"]["test"]
    assert "healthcheck" not in services()["web"], "the image's own"
    for name, service in services().items():
        assert service["restart"] == ("no" if name in {"migrate", "prepare"} else "unless-stopped")


def test_the_pooler_of_the_containers_adds_to_that_of_the_size() -> None:
    parser = read(text_of(HOME / "pgbouncer.ini"))
    assert parser["databases"]["vacancy"] == "host=db port=5432 dbname=vacancy"
    assert parser["pgbouncer"]["listen_addr"] == "0.0.0.0"
    assert parser["pgbouncer"]["default_pool_size"] == "8"


def secrets_made(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(HOME / "secrets.sh"), *arguments],
        env=os.environ | {"VACANCY_COMPOSE_HOME": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_secrets_are_made_once_and_never_changed(tmp_path: Path) -> None:
    made = secrets_made(tmp_path, "aurora.example", "smtp+tls://user:word@mail.example:587")
    assert (made.returncode, made.stderr) == (0, "")
    files = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    wanted = {Path(secret["file"]).name for secret in document()["secrets"].values()}
    assert set(files) == wanted | {"valkey_password"}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert len(files["secret_key"]) >= 50
    assert len(files["metrics_token"]) >= 32
    assert re.fullmatch(r"[0-9a-f]{64}", files["backup_key"])
    assert files["database_password"] in files["database_url"]
    assert "VACANCY_HOST=aurora.example" in (tmp_path / ".env").read_text()

    again = secrets_made(tmp_path, "other.example", "smtp://other")

    assert (again.returncode, again.stdout) == (0, "")
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == files


def test_a_secret_that_only_the_operator_knows_is_asked_for(tmp_path: Path) -> None:
    made = secrets_made(tmp_path, "aurora.example")
    assert made.returncode == 1
    assert "email_url" in made.stderr
    assert secrets_made(tmp_path, "no host; rm").returncode == 1


def test_secrets_stay_out_of_the_repository() -> None:
    said = subprocess.run(
        ["git", "check-ignore", "deploy/compose/secrets/secret_key", "deploy/compose/.env"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert len(said.stdout.split()) == 2
