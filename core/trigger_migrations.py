"""Many triggers in one step of a migration.

Each of `makemigrations`' own steps makes Django build a model and all its relatives again, which for the hundreds of
triggers of the log took minutes. `Triggers` writes and removes them by their stored SQL and builds each model once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState
from pgtrigger.compiler import Trigger
from pgtrigger.migrations import AddTrigger, RemoveTrigger

Step = AddTrigger | RemoveTrigger


class Triggers(Operation):
    """The same as its ``steps`` one after the other, forwards and backwards."""

    category = OperationCategory.MIXED
    reduces_to_sql = True
    reversible = True

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = list(steps)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__qualname__, [], {"steps": self.steps})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change all models' options first, then have each model built again once."""
        for step in self.steps:
            model = state.models[app_label, step.model_name.lower()]
            before = model.options.get("triggers", [])
            if isinstance(step, AddTrigger):
                model.options["triggers"] = [*before, step.trigger]
            else:
                model.options["triggers"] = [trigger for trigger in before if trigger.name != step.name]
        changed = {(app_label, step.model_name.lower()) for step in self.steps}
        state.reload_models(changed, delay=True)  # type: ignore[arg-type]

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for step in self.steps:
            if isinstance(step, AddTrigger):
                _execute(schema_editor, _compiled(step.trigger).install_sql)
            else:
                trigger = _stored(from_state, app_label, step)
                _execute(schema_editor, trigger.uninstall_sql)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for step in reversed(self.steps):
            if isinstance(step, AddTrigger):
                _execute(schema_editor, _compiled(step.trigger).uninstall_sql)
            else:
                trigger = _stored(to_state, app_label, step)
                _execute(schema_editor, trigger.install_sql)

    def describe(self) -> str:
        return f"Write or remove {len(self.steps)} triggers"


def _compiled(trigger: Any) -> Trigger:
    """Migrations hold triggers as SQL. Raises `TypeError` for one that is not."""
    if not isinstance(trigger, Trigger):
        raise TypeError(f"{trigger!r} is no compiled trigger")
    return trigger


def _stored(state: ProjectState, app_label: str, step: RemoveTrigger) -> Trigger:
    """The trigger that a step removes, as it was. Raises `LookupError` where there is none."""
    for trigger in state.models[app_label, step.model_name.lower()].options.get("triggers", []):
        if trigger.name == step.name:
            return _compiled(trigger)
    raise LookupError(f"{app_label}.{step.model_name} has no trigger {step.name!r}")


def _execute(schema_editor: BaseDatabaseSchemaEditor, sql: str) -> None:
    # The SQL is whole: with parameters, even none, its percent signs would be read.
    schema_editor.execute(sql, params=None)
