"""The files for Kubernetes: built as kustomize does, valid, with every name resolved and every pod restricted."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from typing import Any

import kubernetes_validate
import pytest
import yaml

from config.supervisor.programs import WEB_STOP_SECONDS
from config.variables import VARIABLES, variable_names
from tests.deploy.asked import ROOT
from tests.deploy.kustomize import Document, build, containers, find, pod_of, read
from tests.deploy.programs import canonical, option, production_programs

HOME = ROOT / "deploy" / "kubernetes"
SIZES = ("small", "large")
OTHERS = ("cnpg.io", "keda.sh")
# What the operator of the database makes: names and the keys of its Secret.
OF_THE_OPERATOR = {
    "vacancy-db-app": {"username", "password", "dbname", "host", "port", "uri", "pgpass", "jdbc-uri"}
}
OF_CERT_MANAGER = {"vacancy-tls"}
SERVICES_OF_THE_OPERATOR = {"vacancy-db-rw", "vacancy-db-ro", "vacancy-db-r", "vacancy-pooler"}
HELPERS = {"DATABASE_USER_OF_OPERATOR", "DATABASE_PASSWORD_OF_OPERATOR"}
each_size = pytest.mark.parametrize("size", SIZES)


@cache
def built(size: str) -> tuple[Document, ...]:
    return tuple(build(HOME / "overlays" / size))


def of_kind(size: str, *kinds: str) -> dict[str, Document]:
    return {each["metadata"]["name"]: each for each in built(size) if each["kind"] in kinds}


def is_builtin(document: Document) -> bool:
    return not any(name in document["apiVersion"] for name in OTHERS)


def pods(size: str) -> dict[str, Document]:
    return {each["metadata"]["name"]: each for each in built(size) if pod_of(each)}


def ours(size: str) -> dict[str, Document]:
    return {name: each for name, each in pods(size).items() if name != "valkey"}


def secrets() -> dict[str, set[str]]:
    """The keys of each Secret: those that the example has, and those that an operator makes."""
    example = read(HOME / "secrets.example.yaml")
    return {each["metadata"]["name"]: set(each["stringData"]) for each in example} | OF_THE_OPERATOR


@each_size
def test_every_built_in_kind_is_valid_to_the_letter(size: str) -> None:
    for document in [*filter(is_builtin, built(size)), *read(HOME / "secrets.example.yaml")]:
        kubernetes_validate.validate(document, "1.32", strict=True)


@each_size
@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed here")
def test_it_is_what_kustomize_builds(size: str) -> None:
    said = subprocess.run(
        ["kubectl", "kustomize", str(HOME / "overlays" / size)], capture_output=True, text=True, check=True
    )
    # A generated ConfigMap has a digest in its name, so that a change of a setting replaces the pods.
    text = re.sub(r"(vacancy-settings|valkey-config)-[a-z0-9]{10}", r"\1", said.stdout)
    theirs = {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(text)}
    assert said.stdout != text
    assert {key: _sorted(each) for key, each in theirs.items()} == {
        (each["kind"], each["metadata"]["name"]): _sorted(each) for each in built(size)
    }


def _sorted(value: Any) -> Any:
    """Without the order of lists in which an order means nothing."""
    if isinstance(value, dict):
        return {key: _sorted(each) for key, each in value.items()}
    if isinstance(value, list):
        named = all(isinstance(each, dict) and ("name" in each or "mountPath" in each) for each in value)
        plain = [_sorted(each) for each in value]
        return (
            sorted(plain, key=lambda each: str(each.get("name", each.get("mountPath")))) if named else plain
        )
    return value


def test_every_file_is_used() -> None:
    for directory in (HOME / "base", *(HOME / "overlays" / size for size in SIZES)):
        text = (directory / "kustomization.yaml").read_text()
        for path in directory.iterdir():
            assert path.name == "kustomization.yaml" or path.name in text, path


@each_size
def test_the_programs_are_those_of_production(size: str) -> None:
    for name, command in production_programs().items():
        (container,) = containers(pods(size)[f"vacancy-{name}"])
        assert canonical(container["command"]) == command, name


@each_size
def test_every_pod_is_restricted(size: str) -> None:
    for name, document in pods(size).items():
        pod = pod_of(document)
        assert pod
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["enableServiceLinks"] is False, name
        context = spec["securityContext"]
        assert (context["runAsNonRoot"], context["seccompProfile"]["type"]) == (True, "RuntimeDefault")
        assert context["runAsUser"] >= 999
        for container in containers(document):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["limits"]["memory"]
            assert container["resources"]["requests"]["cpu"]
            assert ":" in container["image"]
            assert not container["image"].endswith(":latest")


@each_size
def test_every_volume_is_defined_and_mounted(size: str) -> None:
    known, maps, claims = secrets(), of_kind(size, "ConfigMap"), of_kind(size, "PersistentVolumeClaim")
    for name, document in pods(size).items():
        spec = document["spec"]["template"]["spec"]
        for volume in spec["volumes"]:
            if "secret" in volume:
                wanted = {item["key"] for item in volume["secret"]["items"]}
                assert wanted <= known[volume["secret"]["secretName"]], name
            assert volume.get("configMap", {"name": "valkey-config"})["name"] in maps
            assert volume.get("persistentVolumeClaim", {"claimName": "vacancy-files"})["claimName"] in claims
        made = {claim["metadata"]["name"] for claim in document["spec"].get("volumeClaimTemplates", [])}
        given = {volume["name"] for volume in spec["volumes"]} | made
        for container in containers(document):
            assert {mount["name"] for mount in container["volumeMounts"]} == given, name


@each_size
def test_every_variable_comes_from_something_that_is_there(size: str) -> None:
    known, maps = secrets(), of_kind(size, "ConfigMap")
    for document in pods(size).values():
        for container in containers(document):
            assert all(source["configMapRef"]["name"] in maps for source in container.get("envFrom", []))
            for variable in container["env"]:
                reference = variable.get("valueFrom", {}).get("secretKeyRef")
                assert reference is None or reference["key"] in known[reference["name"]]
    for document in ours(size).values():
        assert document["spec"]["template"]["spec"]["serviceAccountName"] in of_kind(size, "ServiceAccount")


@each_size
def test_every_selector_finds_its_pods(size: str) -> None:
    labels = {
        name: document["spec"]["template"]["metadata"]["labels"] for name, document in pods(size).items()
    }
    for name, document in pods(size).items():
        selector = document["spec"].get("selector", {}).get("matchLabels", {})
        assert selector.items() <= labels[name].items(), name
    for name, service in of_kind(size, "Service").items():
        selector = service["spec"].get("selector")
        if selector is None:
            assert name == "vacancy-nobody"
            continue
        (found,) = [each for each, given in labels.items() if selector.items() <= given.items()]
        ports = {port["name"] for container in containers(pods(size)[found]) for port in container["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports
    for budget in of_kind(size, "PodDisruptionBudget").values():
        selector = budget["spec"]["selector"]["matchLabels"]
        assert any(selector.items() <= given.items() for given in labels.values())
    for kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        for document in of_kind(size, kind).values():
            assert document["spec"]["scaleTargetRef"]["name"] in pods(size)


@each_size
def test_addresses_lead_to_services_that_exist(size: str) -> None:
    hosts = {*of_kind(size, "Service"), *SERVICES_OF_THE_OPERATOR}
    for document in ours(size).values():
        for container in containers(document):
            for variable in container["env"]:
                for host in re.findall(r"@([\w-]+):", variable.get("value", "")):
                    assert host in hosts
    for path in of_kind(size, "Ingress")["vacancy"]["spec"]["rules"][0]["http"]["paths"]:
        backend = path["backend"]["service"]
        ports = of_kind(size, "Service")[backend["name"]]["spec"]["ports"]
        assert backend["port"]["name"] in {port["name"] for port in ports}
    example = next(each for each in read(HOME / "secrets.example.yaml") if "redis_url" in each["stringData"])
    assert "@valkey:6379" in example["stringData"]["redis_url"]


@each_size
def test_every_variable_is_a_setting_and_none_is_missing(size: str) -> None:
    settings = set(of_kind(size, "ConfigMap")["vacancy-settings"]["data"])
    assert settings <= variable_names()
    required = {name for name, variable in VARIABLES.items() if variable.required}
    for name, document in ours(size).items():
        (container,) = containers(document)
        own = {variable["name"] for variable in container["env"]} - HELPERS
        assert own <= variable_names(), name
        given = settings | {each if each in VARIABLES else each.removesuffix("_FILE") for each in own}
        assert required <= given, name
        secret = next(
            volume
            for volume in document["spec"]["template"]["spec"]["volumes"]
            if volume["name"] == "secrets"
        )
        files = {item["path"] for item in secret["secret"]["items"]}
        named = {
            each["value"].rpartition("/")[2] for each in container["env"] if each["name"].endswith("_FILE")
        }
        assert named == files, name


@each_size
def test_guests_are_answered_while_a_pod_is_replaced(size: str) -> None:
    web = pods(size)["vacancy-web"]
    assert web["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    (container,) = containers(web)
    paths = {
        name: container[name]["httpGet"]["path"]
        for name in ("startupProbe", "livenessProbe", "readinessProbe")
    }
    assert paths == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    assert option(container["command"], "--port") == str(container["ports"][0]["containerPort"])
    patience = web["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert patience > WEB_STOP_SECONDS + 5, "the pause before the end, and the requests that were taken on"
    assert len(web["spec"]["template"]["spec"]["topologySpreadConstraints"]) == 2
    scaler = of_kind(size, "HorizontalPodAutoscaler")["vacancy-web"]["spec"]
    assert of_kind(size, "PodDisruptionBudget")["vacancy-web"]["spec"]["minAvailable"] < scaler["minReplicas"]


@each_size
def test_what_a_scaler_counts_is_not_said_by_the_deployment(size: str) -> None:
    scaled = {
        document["spec"]["scaleTargetRef"]["name"]
        for kind in ("HorizontalPodAutoscaler", "ScaledObject")
        for document in of_kind(size, kind).values()
    }
    assert scaled == {"vacancy-web", "vacancy-worker-email", "vacancy-worker-processing"}
    assert all("replicas" not in pods(size)[name]["spec"] for name in scaled)
    assert pods(size)["vacancy-beat"]["spec"]["replicas"] == 1
    assert pods(size)["vacancy-beat"]["spec"]["strategy"] == {"type": "Recreate"}


@each_size
def test_the_migration_goes_directly_and_once(size: str) -> None:
    job = pods(size)["vacancy-migrate"]
    (container,) = containers(job)
    values = {each["name"]: each.get("value") for each in container["env"]}
    assert "manage.py upgrade" in " ".join(container["command"])
    assert str(values["DATABASE_URL"]).endswith("@vacancy-db-rw:5432/vacancy")
    assert values["DATABASE_POOLER"] == ""
    assert job["spec"]["backoffLimit"] == 0


@each_size
def test_nobody_speaks_to_anybody_unless_it_is_said(size: str) -> None:
    policies = of_kind(size, "NetworkPolicy")
    assert policies["default-deny"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    labels = [document["spec"]["template"]["metadata"]["labels"] for document in pods(size).values()]
    labels += [{"cnpg.io/poolerName": "vacancy-pooler"}, {"cnpg.io/cluster": "vacancy-db"}]
    for name, policy in policies.items():
        for selector in _pod_selectors(policy["spec"]):
            assert not selector or any(selector.items() <= given.items() for given in labels), (
                name,
                selector,
            )
    for name, document in ours(size).items():
        given = document["spec"]["template"]["metadata"]["labels"]
        assert given["vacancy.example/uses"] == "database", name
    world = [
        each
        for rule in policies["vacancy-programs"]["spec"]["egress"]
        for each in rule["to"]
        if "ipBlock" in each
    ]
    assert "10.0.0.0/8" in world[0]["ipBlock"]["except"]
    assert find(list(built(size)), "Namespace", "vacancy")


def _pod_selectors(spec: Any) -> list[dict[str, str]]:
    if isinstance(spec, dict):
        own = [spec["podSelector"].get("matchLabels", {})] if "podSelector" in spec else []
        return own + [each for value in spec.values() for each in _pod_selectors(value)]
    return [each for value in spec for each in _pod_selectors(value)] if isinstance(spec, list) else []
