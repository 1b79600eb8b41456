"""What the operators of the database and of scaling are told: documented fields, and figures that fit together."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection

from config.supervisor.programs import WORKER_PROCESSES
from core.models import EffectStatus
from tests.deploy.asked import ROOT
from tests.deploy.test_kubernetes import each_size, of_kind, secrets
from tests.deploy.test_pgbouncer_ini import DOCUMENTED
from tests.deploy.test_postgres_conf import settings_of

# Fields as CloudNativePG 1.27, its Barman Cloud plugin 0.11 and KEDA 2.17 document them, as far as they are used here:
# required ones, and the others.
FIELDS: dict[str, tuple[set[str], set[str]]] = {
    "Cluster": (
        {"instances", "storage"},
        {
            *(
                "description",
                "primaryUpdateStrategy",
                "primaryUpdateMethod",
                "bootstrap",
                "managed",
                "postgresql",
            ),
            *("walStorage", "resources", "affinity", "plugins"),
        },
    ),
    "Pooler": ({"cluster", "pgbouncer"}, {"instances", "type"}),
    "ObjectStore": ({"configuration"}, {"retentionPolicy"}),
    "ScheduledBackup": (
        {"cluster", "schedule"},
        {"immediate", "backupOwnerReference", "target", "method", "pluginConfiguration"},
    ),
    "ScaledObject": (
        {"scaleTargetRef", "triggers"},
        {"minReplicaCount", "maxReplicaCount", "pollingInterval", "cooldownPeriod", "fallback"},
    ),
    "TriggerAuthentication": ({"secretTargetRef"}, set()),
}
VERSIONS = {
    "Cluster": "postgresql.cnpg.io/v1",
    "Pooler": "postgresql.cnpg.io/v1",
    "ScheduledBackup": "postgresql.cnpg.io/v1",
    "ObjectStore": "barmancloud.cnpg.io/v1",
    "ScaledObject": "keda.sh/v1alpha1",
    "TriggerAuthentication": "keda.sh/v1alpha1",
}
# What CloudNativePG sets itself and refuses from others.
FIXED = {
    *("archive_command", "archive_mode", "listen_addresses", "port", "wal_level", "ssl", "hot_standby"),
    *(
        "unix_socket_directories",
        "log_destination",
        "full_page_writes",
        "synchronous_standby_names",
        "restore_command",
    ),
}


@each_size
@pytest.mark.parametrize("kind", FIELDS)
def test_the_fields_are_those_of_the_documentation(size: str, kind: str) -> None:
    required, optional = FIELDS[kind]
    documents = of_kind(size, kind)
    assert documents
    for document in documents.values():
        assert document["apiVersion"] == VERSIONS[kind]
        assert required <= set(document["spec"]) <= required | optional


@each_size
def test_the_database_is_archived_and_backed_up(size: str) -> None:
    spec = of_kind(size, "Cluster")["vacancy-db"]["spec"]
    (plugin,) = spec["plugins"]
    assert plugin["name"] == "barman-cloud.cloudnative-pg.io"
    assert plugin["isWALArchiver"] is True
    assert set(of_kind(size, "ObjectStore")) == {plugin["parameters"]["barmanObjectName"]}
    store = of_kind(size, "ObjectStore")["vacancy-archive"]["spec"]["configuration"]
    for reference in store["s3Credentials"].values():
        assert reference["key"] in secrets()[reference["name"]]
    assert re.fullmatch(r"(s3|https?|gs)://\S+", store["destinationPath"])
    backup = of_kind(size, "ScheduledBackup")["vacancy-db-nightly"]["spec"]
    assert (backup["method"], backup["pluginConfiguration"]["name"]) == ("plugin", plugin["name"])
    assert len(backup["schedule"].split()) == 6, "seconds come first"
    assert backup["cluster"]["name"] == "vacancy-db"


@each_size
@pytest.mark.django_db
def test_the_server_may_be_told_all_of_it(size: str) -> None:
    postgresql = of_kind(size, "Cluster")["vacancy-db"]["spec"]["postgresql"]
    parameters: dict[str, Any] = postgresql["parameters"]
    assert not FIXED & set(parameters)
    assert all(isinstance(value, str) for value in parameters.values())
    if size == "small":
        assert "synchronous" not in postgresql, "there is no copy to wait for"
    else:
        assert postgresql["synchronous"]["dataDurability"] in {"preferred", "required"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(name) FROM pg_settings")
        known = {name for (name,) in cursor.fetchall()}
    assert {name.lower() for name in parameters} <= known


@pytest.mark.parametrize(("size", "conf"), [("small", "postgresql-500"), ("large", "postgresql-10000")])
def test_it_is_what_the_file_for_that_size_says(size: str, conf: str) -> None:
    """But for the memory of the small one, whose node holds other programs too."""
    wanted = settings_of(ROOT / "deploy" / "postgres" / f"{conf}.conf")
    parameters = of_kind(size, "Cluster")["vacancy-db"]["spec"]["postgresql"]["parameters"]
    own = {"shared_buffers", "effective_cache_size"} if size == "small" else set()
    different = {
        name: (value, wanted[name])
        for name, value in parameters.items()
        if name in wanted and wanted[name] != value and name not in own
    }
    assert set(different) <= {"superuser_reserved_connections", "log_min_duration_statement"}


@each_size
def test_the_poolers_together_leave_the_server_room(size: str) -> None:
    cluster = of_kind(size, "Cluster")["vacancy-db"]["spec"]["postgresql"]["parameters"]
    pooler = of_kind(size, "Pooler")["vacancy-pooler"]["spec"]
    assert pooler["cluster"]["name"] == "vacancy-db"
    assert (pooler["type"], pooler["pgbouncer"]["poolMode"]) == ("rw", "transaction")
    parameters = pooler["pgbouncer"]["parameters"]
    assert set(parameters) <= DOCUMENTED
    most = int(parameters["default_pool_size"]) + int(parameters["reserve_pool_size"])
    assert pooler["instances"] * most <= int(cluster["max_connections"]) / 2


@each_size
def test_workers_are_scaled_by_what_waits_and_never_beyond_their_queue(size: str) -> None:
    settings = of_kind(size, "ConfigMap")["vacancy-settings"]["data"]
    widths = dict(each.split("=") for each in settings["EFFECT_CONCURRENCY"].split(","))
    for queue in ("email", "processing"):
        spec = of_kind(size, "ScaledObject")[f"vacancy-worker-{queue}"]["spec"]
        assert 1 <= spec["minReplicaCount"] <= spec["fallback"]["replicas"] <= spec["maxReplicaCount"]
        assert spec["maxReplicaCount"] * WORKER_PROCESSES[queue] == int(widths[queue])
        (trigger,) = spec["triggers"]
        assert trigger["type"] == "postgresql"
        assert {"host", "port", "userName", "dbName", "sslmode", "query", "targetQueryValue"} == set(
            trigger["metadata"]
        )
        assert trigger["authenticationRef"]["name"] in of_kind(size, "TriggerAuthentication")
        assert f"queue = '{queue}'" in trigger["metadata"]["query"]
        assert set(re.findall(r"'(\w+)'", trigger["metadata"]["query"])) - {queue} <= set(EffectStatus.values)
    (reference,) = of_kind(size, "TriggerAuthentication")["vacancy-database"]["spec"]["secretTargetRef"]
    assert reference["key"] in secrets()[reference["name"]]


@pytest.mark.django_db
def test_the_question_that_scales_is_one_the_database_answers() -> None:
    for document in of_kind("small", "ScaledObject").values():
        with connection.cursor() as cursor:
            cursor.execute(document["spec"]["triggers"][0]["metadata"]["query"])
            assert cursor.fetchall() == [(0,)]
