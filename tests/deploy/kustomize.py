"""What `kubectl kustomize` does, as far as our files use it: every file that is named is read and merged."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]
KNOWN = {
    *("apiVersion", "kind", "namespace", "resources", "patches", "labels", "images", "configMapGenerator"),
}
MERGED_BY = {
    "containers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "ports": "containerPort",
}
"""Lists of built-in kinds that a patch adds to, and by which key; other lists are replaced."""


def build(directory: Path) -> list[Document]:
    """The documents of a kustomization."""
    file = yaml.safe_load((directory / "kustomization.yaml").read_text())
    assert set(file) <= KNOWN, f"{directory}: {set(file) - KNOWN} is not read here"
    documents = _resources(directory, file)
    for generator in file.get("configMapGenerator", []):
        _config_map(directory, generator, documents)
    for patch in file.get("patches", []):
        assert set(patch) == {"path"}
        for change in read(directory / patch["path"]):
            _patch(documents, change)
    for label in file.get("labels", []):
        for document in documents:
            _label(document, label)
    for image in file.get("images", []):
        _image(documents, image)
    for document in documents:
        if document["kind"] != "Namespace":
            document["metadata"]["namespace"] = file["namespace"]
    return documents


def read(path: Path) -> list[Document]:
    """The documents of a file."""
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def pod_of(document: Document) -> Document | None:
    """The template of a kind that makes pods."""
    if document["kind"] in {"Deployment", "StatefulSet", "Job"}:
        template: Document = document["spec"]["template"]
        return template
    return None


def containers(document: Document) -> list[Document]:
    """The containers of a kind that makes pods."""
    pod = pod_of(document)
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]] if pod else []


def _resources(directory: Path, file: Document) -> list[Document]:
    found: list[Document] = []
    for resource in file["resources"]:
        path = directory / resource
        found += build(path) if path.is_dir() else read(path)
    names = [(document["kind"], document["metadata"]["name"]) for document in found]
    assert len(set(names)) == len(names), "something is there twice"
    return found


def _config_map(directory: Path, generator: Document, documents: list[Document]) -> None:
    data: dict[str, str] = {}
    for name in generator.get("envs", []):
        lines = (directory / name).read_text().splitlines()
        data |= dict(line.split("=", 1) for line in lines if line.strip() and not line.startswith("#"))
    for name in generator.get("files", []):
        data[Path(name).name] = (directory / name).read_text()
    if generator.get("behavior") == "merge":
        found = find(documents, "ConfigMap", generator["name"])
        assert found, f"there is no {generator['name']} to merge with"
        found["data"] |= data
    else:
        metadata = {"name": generator["name"]}
        documents.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


def find(documents: list[Document], kind: str, name: str) -> Document | None:
    """The document of a kind and name."""
    return next(
        (each for each in documents if each["kind"] == kind and each["metadata"]["name"] == name), None
    )


def _patch(documents: list[Document], change: Document) -> None:
    target = find(documents, change["kind"], change["metadata"]["name"])
    assert target, f"a patch is for {change['kind']} {change['metadata']['name']}, which is not there"
    assert target["apiVersion"] == change["apiVersion"]
    builtin = "cnpg" not in change["apiVersion"] and "keda" not in change["apiVersion"]
    target["spec"] = _merged(target["spec"], change["spec"], builtin=builtin)


def _merged(old: Any, new: Any, *, builtin: bool, name: str = "") -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        found = copy.deepcopy(old)
        for key, value in new.items():
            if value is None:
                found.pop(key, None)
            else:
                found[key] = _merged(found.get(key), value, builtin=builtin, name=key)
        return found
    key = MERGED_BY.get(name)
    if builtin and key and isinstance(old, list):
        by_key = {each[key]: each for each in old}
        added = [each for each in new if each[key] not in by_key]
        changed = {
            each[key]: _merged(by_key[each[key]], each, builtin=builtin)
            for each in new
            if each[key] in by_key
        }
        return [*added, *(changed.get(each[key], each) for each in old)]
    return copy.deepcopy(new)


def _image(documents: list[Document], image: Document) -> None:
    for document in documents:
        for container in containers(document):
            if container["image"] == image["name"]:
                container["image"] = f"{image['newName']}:{image['newTag']}"


def _label(document: Document, label: Document) -> None:
    document["metadata"].setdefault("labels", {}).update(label["pairs"])
    pod = pod_of(document)
    if pod and label.get("includeTemplates"):
        pod["metadata"].setdefault("labels", {}).update(label["pairs"])
    for claim in document.get("spec", {}).get("volumeClaimTemplates", []):
        claim["metadata"].setdefault("labels", {}).update(label["pairs"])
