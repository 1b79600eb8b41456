"""Carrying older histories over into the log, for migrations.

Before there was one log, some models had tables of events of their own, written by django-pghistory. Their rows become
entries that say where they come from; the tables are dropped afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

CARRY = """
ALTER TABLE core_auditentry DISABLE TRIGGER written_by_triggers;
INSERT INTO core_auditentry (at, operation, model, object_id, parent_model, parent_id, property_id, before, after,
                             user_id, origin, place, ip, request_id, extra)
SELECT s.at, s.operation, '{label}', s.row ->> 'id', {parent_model}, {parent_id}, {house},
       CASE s.operation WHEN 'update' THEN d.before WHEN 'delete' THEN jsonb_strip_nulls(s.row) END,
       CASE s.operation WHEN 'update' THEN d.after WHEN 'insert' THEN jsonb_strip_nulls(s.row) END,
       coalesce(s.about ->> 'user', s.about ->> 'actor')::bigint,
       CASE WHEN s.about ? 'url' THEN 'page' ELSE 'sql' END, left(coalesce(s.about ->> 'url', ''), 300), '', '',
       (coalesce(s.about, '{{}}'::jsonb) - '{{user,url}}'::text[]) || '{{"carried_from": "{table}"}}'::jsonb
  FROM (
    SELECT e.pgh_id, e.pgh_created_at AS at, e.pgh_label AS operation, c.metadata AS about, w.row,
           lag(w.row) OVER (PARTITION BY e.pgh_obj_id ORDER BY e.pgh_id) AS was
      FROM {table} e
      LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id
     CROSS JOIN LATERAL (
       SELECT to_jsonb(e) - '{{pgh_id,pgh_created_at,pgh_label,pgh_obj_id,pgh_context_id}}'::text[]
              - '{{updated_at{left_out}}}'::text[] AS row
     ) w
     WHERE e.pgh_created_at < coalesce((SELECT min(at) FROM core_auditentry WHERE model = '{label}'), 'infinity')
  ) s
 CROSS JOIN LATERAL (
   SELECT CASE WHEN s.was IS NOT NULL THEN jsonb_object_agg(n.key, s.was -> n.key) END AS before,
          jsonb_object_agg(n.key, n.value) AS after
     FROM jsonb_each(s.row) n WHERE n.value IS DISTINCT FROM s.was -> n.key
 ) d
 WHERE s.operation <> 'update' OR d.after IS NOT NULL
 ORDER BY s.pgh_id;
ALTER TABLE core_auditentry ENABLE TRIGGER written_by_triggers;
"""
FORGET = """
ALTER TABLE core_auditentry DISABLE TRIGGER append_only;
DELETE FROM core_auditentry WHERE extra ->> 'carried_from' = '{table}';
ALTER TABLE core_auditentry ENABLE ALWAYS TRIGGER append_only;
"""


def carry_over(
    table: str, label: str, *, house: str, parent: tuple[str, str] | None = None, left_out: Sequence[str] = ()
) -> tuple[str, str]:
    """The SQL that makes entries of a table of events, and the SQL that takes them back.

    Events since the log itself has entries of the model are in it already. ``house`` is the property's number, in SQL
    with the event as JSON in ``s.row``; ``parent`` a model and a column.
    """
    values = {
        "table": table,
        "label": label,
        "house": house,
        "parent_model": f"'{parent[0]}'" if parent else "NULL",
        "parent_id": f"s.row ->> '{parent[1]}'" if parent else "NULL",
        "left_out": "".join(f",{column}" for column in left_out),
    }
    return CARRY.format(**values), FORGET.format(**values)


def tables_forget(app_label: str, models: Sequence[str], *, last_known: str) -> Operation:
    """The step that drops tables of events, which hold people's data, once they are carried over.

    Backwards they come again as they were after the app's migration ``last_known``, but empty.
    """

    def forwards(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for name in models:
            editor.execute(f"DROP TABLE {editor.quote_name(f'{app_label}_{name.lower()}')}")

    def backwards(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        state = MigrationLoader(editor.connection).project_state([(app_label, last_known)])
        for name in models:
            editor.create_model(state.apps.get_model(app_label, name))

    return RunPython(forwards, backwards)
