"""The triggers that write the log.

They work once per statement on all its rows, so bulk writes, raw SQL and COPY are recorded and cost one insert. Where
only few columns matter in a table that is written for every booking, updates are looked at row by row, because such a
trigger is not even called for the others.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models
from pgtrigger import compiler

if TYPE_CHECKING:
    from .decorator import AuditSpec

COLUMNS = (
    "operation, model, object_id, parent_model, parent_id, property_id, keys, before, after, "
    "user_id, origin, place, ip, request_id, extra"
)
CONTEXT = "c.user_id, c.origin, c.place, c.ip, c.request_id, c.extra"
NEVER = ("updated_at",)
"""Columns that change with every save and say nothing that the entry does not."""
SECRET_SHOWN = "***"  # noqa: S105 - what stands in its place
HIDDEN = f"'\"{SECRET_SHOWN}\"'::jsonb"
BULK_SETTING = "vacancy.audit_in_bulk"
"""`on` in a transaction that brings in history; migrations have it in their triggers."""


class AuditTriggerSql(compiler.UpsertTriggerSql):
    """A trigger that no setting of a session makes silent, as `pgtrigger.ignore` does with others.

    Migrations refer to it: a change of the template needs a class of its own.
    """

    def get_template(self) -> str:
        """The SQL that makes the function and the trigger."""
        return """
            CREATE OR REPLACE FUNCTION {pgid}()
            RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE TRIGGER {pgid}
                {when} {operation} ON {table}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class AuditTrigger(pgtrigger.Trigger):
    """What the triggers of an audited model share."""

    when = pgtrigger.After
    level = pgtrigger.Statement

    def __init__(self, spec: AuditSpec) -> None:
        self.spec = spec
        super().__init__()

    def compile(self, model: Any) -> compiler.Trigger:
        """The trigger as it stands in a migration."""
        return compiler.Trigger(
            name=self.name,
            sql=AuditTriggerSql(
                pgid=self.get_pgid(model),
                func=self.render_func(model),
                table=model._meta.db_table,
                when=self.when,
                operation=self.operation,
                referencing=self.referencing or "",
                level=self.level,
                condition=self.render_condition(model),
            ),
        )


class RowsTrigger(AuditTrigger, ABC):
    """What the triggers share that tell which rows were written."""

    def get_func(self, model: Any) -> str:
        """One insert of all entries, with the context of the request."""
        rows = _select(self.spec, model, self.operation_name, self.rows(model))
        return f"{self.instead(model)}INSERT INTO core_auditentry ({COLUMNS})\n{rows};\nRETURN NULL;"

    def instead(self, model: Any) -> str:
        """What is done first, and may be all."""
        return ""

    @property
    def operation_name(self) -> str:
        """As the entries call it."""
        return str(self.operation).lower()

    @abstractmethod
    def rows(self, model: Any) -> str:
        """A query of `row`, `before` and `after`."""


class InsertedRows(RowsTrigger):
    """New rows, with all their values but empty ones."""

    name = "audit_insert"
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="new_rows")

    def rows(self, model: Any) -> str:
        return f"SELECT r AS row, NULL::jsonb AS before, {_whole(self.spec, model)} AS after FROM new_rows r"  # noqa: S608

    def instead(self, model: Any) -> str:
        """An import of history gets one entry for each statement and property: see `core.audit.bulk`."""
        if not self.spec.summed_up:
            return ""
        pk, house = model._meta.pk.column, _property_sql(model, self.spec.property_path)
        return f"""IF coalesce(current_setting('{BULK_SETTING}', true), '') = 'on' THEN
INSERT INTO core_auditentry ({COLUMNS})
SELECT 'insert', '{_label(model)}', '', NULL, NULL, g.house,
       jsonb_build_object('rows', g.rows, 'ids', g.ids::text, 'sha256', encode(g.digest, 'hex')),
       NULL, NULL, {CONTEXT}
  FROM (
    SELECT h.house, count(*) AS rows, range_agg(int8range(h.id, h.id, '[]')) AS ids,
           sha256(string_agg(sha256(convert_to(h.line, 'UTF8')), ''::bytea ORDER BY h.id)) AS digest
      FROM (SELECT (e.row).{pk} AS id, {house} AS house, e.row::text AS line FROM (SELECT r AS row FROM new_rows r) e) h
     GROUP BY h.house
  ) g CROSS JOIN core_audit_context() c;
RETURN NULL;
END IF;
"""  # noqa: S608 - made of our own names


class DeletedRows(RowsTrigger):
    """Rows that are gone, with all their values but empty ones."""

    name = "audit_delete"
    operation = pgtrigger.Delete
    referencing = pgtrigger.Referencing(old="old_rows")

    def rows(self, model: Any) -> str:
        return f"SELECT r AS row, {_whole(self.spec, model)} AS before, NULL::jsonb AS after FROM old_rows r"  # noqa: S608


class UpdatedRows(RowsTrigger):
    """Rows that changed, with the columns that did; a statement that changes nothing leaves nothing."""

    name = "audit_update"
    operation = pgtrigger.Update
    referencing = pgtrigger.Referencing(old="old_rows", new="new_rows")

    def rows(self, model: Any) -> str:
        pk = model._meta.pk.column
        left_out = _array(_left_out(self.spec, model))
        return f"""SELECT u.row, d.before, d.after
  FROM (
    SELECT n AS row, to_jsonb(o) - {left_out} AS was, to_jsonb(n) - {left_out} AS is_now
      FROM old_rows o JOIN new_rows n ON n.{pk} = o.{pk} OFFSET 0
  ) u CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(w.key, {_shown(self.spec, "w.value")}) AS before,
           jsonb_object_agg(w.key, {_shown(self.spec, "u.is_now -> w.key")}) AS after
      FROM jsonb_each(u.was) w WHERE u.is_now -> w.key IS DISTINCT FROM w.value
  ) d
  WHERE d.before IS NOT NULL"""  # noqa: S608 - made of our own names


class UpdatedRow(RowsTrigger):
    """One row where a column changed that is not explained elsewhere."""

    name = "audit_update"
    operation = pgtrigger.Update
    level = pgtrigger.Row

    def get_condition(self, model: Any) -> pgtrigger.Condition:
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in self.spec.only)
        return pgtrigger.Condition(changed)

    def rows(self, model: Any) -> str:
        def pairs(side: str) -> str:
            return ", ".join(f"'{column}', {side}.{column}" for column in self.spec.only)

        return f"""SELECT NEW AS row, d.before, d.after
  FROM (
    SELECT jsonb_object_agg(w.key, w.value) AS before, jsonb_object_agg(w.key, n.value) AS after
      FROM jsonb_each(jsonb_build_object({pairs("OLD")})) w
      JOIN jsonb_each(jsonb_build_object({pairs("NEW")})) n ON n.key = w.key AND n.value <> w.value
  ) d"""  # noqa: S608 - made of our own names


class TruncatedTable(AuditTrigger):
    """A table that is emptied at one blow, and how many rows it had."""

    name = "audit_truncate"
    operation = pgtrigger.Truncate
    when = pgtrigger.Before

    def get_func(self, model: Any) -> str:
        table, label = model._meta.db_table, _label(model)
        return f"""INSERT INTO core_auditentry ({COLUMNS})
SELECT 'truncate', '{label}', '', NULL, NULL, NULL, NULL,
       jsonb_build_object('rows', (SELECT count(*) FROM {table})), NULL, {CONTEXT}
  FROM core_audit_context() c;
RETURN NULL;"""  # noqa: S608 - made of our own names


def _select(spec: AuditSpec, model: Any, operation: str, rows: str) -> str:
    pk = model._meta.pk.column
    parent = model._meta.get_field(spec.parent) if spec.parent else None
    parent_model = f"'{parent.related_model._meta.label_lower}'" if parent else "NULL"
    parent_id = f"(e.row).{parent.column}::text" if parent else "NULL"
    house = _property_sql(model, spec.property_path)
    if not spec.together:
        return f"""SELECT '{operation}', '{_label(model)}', (e.row).{pk}::text, {parent_model}, {parent_id},
       {house}, NULL, e.before, e.after, {CONTEXT}
  FROM ({rows}) e CROSS JOIN core_audit_context() c"""  # noqa: S608 - made of our own names
    named = "".join(f"'{column}', g.{column}, " for column in spec.keys)
    keys = "".join(f"(e.row).{column} AS {column}, " for column in spec.keys)
    grouped = "".join(f"g.{column}, " for column in spec.keys)
    together = model._meta.get_field(spec.together).column
    return f"""SELECT '{operation}', '{_label(model)}', '', {parent_model}, g.parent_id,
       g.house, jsonb_build_object({named}'{together}', jsonb_agg(g.together ORDER BY g.together)),
       g.before, g.after, {CONTEXT}
  FROM (
    SELECT {keys}{parent_id} AS parent_id, {house} AS house, (e.row).{together} AS together, e.before, e.after
      FROM ({rows}) e
  ) g CROSS JOIN core_audit_context() c
 GROUP BY {grouped}g.parent_id, g.house, g.before, g.after, {CONTEXT}"""  # noqa: S608 - made of our own names


def _property_sql(model: Any, path: str) -> str:
    """The property of ``e.row``: a column of it, or looked up along foreign keys."""
    if not path:
        return "NULL::bigint"
    first, *others = path.split("__")
    field = model._meta.pk if first == "pk" else model._meta.get_field(first)
    sql = f"(e.row).{field.column}"
    for name in others:
        table, key = field.related_model._meta.db_table, field.target_field.column
        field = field.related_model._meta.get_field(name)
        sql = f"(SELECT t.{field.column} FROM {table} t WHERE t.{key} = {sql})"  # noqa: S608 - our own names
    return sql


def _label(model: Any) -> str:
    return str(model._meta.label_lower)


def _left_out(spec: AuditSpec, model: type[models.Model]) -> tuple[str, ...]:
    """What no entry has: what nobody wants to know, what the database computes, and what names the entry anyway."""
    computed = [field.column for field in model._meta.concrete_fields if field.generated]
    columns = {field.column for field in model._meta.concrete_fields}
    named = [*spec.keys, spec.together, model._meta.pk.column] if spec.together else []
    return tuple(
        dict.fromkeys(
            name
            for name in (*NEVER, *spec.exclude, *computed, *named)
            if name in columns and name is not None
        )
    )


def _whole(spec: AuditSpec, model: type[models.Model]) -> str:
    left_out = dict.fromkeys((*_left_out(spec, model), *spec.secrets))
    return f"jsonb_strip_nulls(to_jsonb(r) - {_array(tuple(left_out))})"


def _shown(spec: AuditSpec, value: str) -> str:
    if not spec.secrets:
        return value
    return f"CASE WHEN w.key = ANY ({_array(spec.secrets)}) THEN {HIDDEN} ELSE {value} END"


def _array(names: tuple[str, ...]) -> str:
    return "'{" + ",".join(names) + "}'::text[]"
