"""What the triggers of the log share, and what keeps the log as it was written."""

from django.db import migrations

CONTEXT_SQL = """
CREATE FUNCTION core_audit_context(
    OUT user_id bigint, OUT origin text, OUT place text, OUT ip text, OUT request_id text, OUT extra jsonb
) LANGUAGE plpgsql STABLE AS $$
-- Who is at it, as the request, command or job has told this transaction; else the name of the database's user.
DECLARE
    about jsonb := nullif(current_setting('pghistory.context_metadata', true), '')::jsonb;
BEGIN
    IF about IS NULL THEN
        origin := 'sql';
        place := left(concat_ws(' ', session_user, nullif(current_setting('application_name'), '')), 300);
        ip := coalesce(host(inet_client_addr()), '');
        request_id := '';
        RETURN;
    END IF;
    user_id := coalesce(about ->> 'user', about ->> 'actor')::bigint;
    origin := coalesce(about ->> 'origin', CASE WHEN about ? 'url' THEN 'page' ELSE 'sql' END);
    place := left(coalesce(about ->> 'place', about ->> 'url', ''), 300);
    ip := left(coalesce(about ->> 'ip', ''), 45);
    request_id := left(coalesce(about ->> 'request_id', ''), 64);
    extra := nullif(about - '{user,origin,place,url,ip,request_id}'::text[], '{}'::jsonb);
END $$;
"""
PROTECTION_SQL = """
CREATE FUNCTION core_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION core_audit_values_erased(old_values jsonb, new_values jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
-- Whether the new values are the old ones, some of them taken away (null).
SELECT coalesce(
    (SELECT bool_and(coalesce(n.value IN (o.value, 'null'::jsonb), false)) AND count(*) = count(o.key)
       FROM jsonb_each(old_values) o FULL JOIN jsonb_each(new_values) n USING (key)),
    old_values IS NOT DISTINCT FROM new_values)
$$;

CREATE FUNCTION core_audit_erase_only() RETURNS trigger LANGUAGE plpgsql AS $$
-- An entry may lose values of a person (core.audit.erasing), and nothing else; its hash proves what is left.
DECLARE
    left_alone constant text[] := '{before,after,place,ip,salt,erased}';
BEGIN
    IF coalesce(current_setting('vacancy.audit_erasure', true), '') <> 'on'
       OR to_jsonb(OLD) - left_alone <> to_jsonb(NEW) - left_alone
       OR NEW.salt IS NOT NULL OR NEW.erased IS NULL
       OR NOT core_audit_values_erased(OLD.before, NEW.before)
       OR NOT core_audit_values_erased(OLD.after, NEW.after)
       OR NEW.place NOT IN (OLD.place, '') OR NEW.ip NOT IN (OLD.ip, '')
    THEN
        RAISE EXCEPTION 'The log is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER written_by_triggers BEFORE INSERT ON core_auditentry
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION core_audit_refuse();
CREATE TRIGGER append_only_update BEFORE UPDATE ON core_auditentry
    FOR EACH ROW EXECUTE FUNCTION core_audit_erase_only();
CREATE TRIGGER append_only BEFORE DELETE ON core_auditentry
    FOR EACH ROW EXECUTE FUNCTION core_audit_refuse();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON core_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse();
ALTER TABLE core_auditentry ENABLE ALWAYS TRIGGER append_only_update;
ALTER TABLE core_auditentry ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE core_auditentry ENABLE ALWAYS TRIGGER append_only_truncate;
""" + "".join(
    f"""
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION core_audit_refuse();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_truncate;
"""
    for table in ("core_auditlink", "core_auditseal")
)
DROP_SQL = """
DROP TRIGGER written_by_triggers ON core_auditentry;
DROP TRIGGER append_only_update ON core_auditentry;
DROP TRIGGER append_only ON core_auditentry;
DROP TRIGGER append_only_truncate ON core_auditentry;
DROP TRIGGER append_only ON core_auditlink;
DROP TRIGGER append_only_truncate ON core_auditlink;
DROP TRIGGER append_only ON core_auditseal;
DROP TRIGGER append_only_truncate ON core_auditseal;
DROP FUNCTION core_audit_erase_only();
DROP FUNCTION core_audit_values_erased(jsonb, jsonb);
DROP FUNCTION core_audit_refuse();
DROP FUNCTION core_audit_context();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_audit_log")]

    operations = [migrations.RunSQL(CONTEXT_SQL + PROTECTION_SQL, DROP_SQL)]
