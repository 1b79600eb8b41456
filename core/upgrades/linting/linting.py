"""Reading migrations by the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from .released import Released
from .rules import RULES, Context, forgotten_columns, migration_findings, step_findings
from .steps import migration_steps

FIRST_REASON = (
    "They run on an empty database: no version was out before them, no table was large, nobody was served."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a migration does that it may not: the rule, and what it does it to."""

    migration: str
    rule: str
    about: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.about} ({self.rule}). {RULES[self.rule]}"


def migrations_lint(
    *, connection: BaseDatabaseWrapper, released: Released, loader: MigrationLoader | None = None
) -> list[Finding]:
    """What the migrations of our apps after the released version do against the rules.

    ``connection`` must not be in a transaction. Reads the catalogue where an operation looks names up; writes nothing.
    """
    loader = loader or MigrationLoader(None)
    old = _up_to(loader, released.nodes)
    plan = [node for node in loader.graph._generate_plan(loader.graph.leaf_nodes(), True) if node not in old]
    state = loader.project_state(released.nodes) if released.heads else ProjectState()
    return migrations_read([loader.graph.nodes[node] for node in plan], state=state, connection=connection)


def migrations_read(
    migrations: Iterable[Migration],
    *,
    state: ProjectState,
    connection: BaseDatabaseWrapper,
    own: Collection[str] | None = None,
) -> list[Finding]:
    """Read migrations in their order; ``state`` are the models of the released version."""
    ours = own_labels() if own is None else own
    models = list(state.apps.get_models(include_auto_created=True))
    tables = frozenset(model._meta.db_table for model in models)
    columns = frozenset(
        (model._meta.db_table, str(field.column))
        for model in models
        for field in model._meta.local_concrete_fields
    )
    found: list[Finding] = []
    for migration in migrations:
        if migration.app_label not in ours:
            state = migration.mutate_state(state, preserve=True)
            continue
        context = Context(atomic=migration.atomic, tables=tables, columns=columns)
        before = state
        steps, state = migration_steps(migration, state, connection)
        told = [told for step in steps for told in step_findings(step, context)]
        for operation in migration.operations:
            told += forgotten_columns(operation, migration.app_label, before)
        told += migration_findings(context, sum(bool(step.statements or step.runs_code) for step in steps))
        name = f"{migration.app_label}.{migration.name}"
        found += [Finding(name, rule, about) for rule, about in dict.fromkeys(told)]
    return found


def own_labels() -> frozenset[str]:
    """The apps whose migrations are ours to write."""
    root = Path(settings.BASE_DIR)
    return frozenset(
        config.label
        for config in apps.get_app_configs()
        if Path(config.path).parent == root and "site-packages" not in config.path
    )


def release_now(*, connection: BaseDatabaseWrapper, reason: str = FIRST_REASON) -> Released:
    """What is there now as a released version, with everything its migrations do against the rules."""
    loader = MigrationLoader(None)
    empty = Released(heads={}, reason="", let_pass={})
    by_rule: dict[str, list[str]] = defaultdict(list)
    for finding in migrations_lint(connection=connection, released=empty, loader=loader):
        if finding.migration not in by_rule[finding.rule]:
            by_rule[finding.rule].append(finding.migration)
    heads = {label: name for label, name in sorted(loader.graph.leaf_nodes()) if label in own_labels()}
    return Released(heads=heads, reason=reason, let_pass=dict(by_rule))


def _up_to(loader: MigrationLoader, nodes: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    return {before for node in nodes for before in loader.graph.forwards_plan(node)}
