"""What a constraint of Django's cannot say on both databases: history is only added to, and ranges in force never overlap.

On PostgreSQL an exclusion constraint, on SQLite triggers. SQLite drops a table's triggers when a later migration rebuilds the table:
such a migration calls `install` again, and tests/integration/test_certificate_services.py fails where it was forgotten.
"""

from django.db import migrations

EVENTS = "certification_certificateevent"
CERTIFICATES = "certification_certificate"

POSTGRESQL_INSTALL = f"""
CREATE EXTENSION IF NOT EXISTS btree_gist;

ALTER TABLE {CERTIFICATES} ADD CONSTRAINT certificate_ranges_overlap EXCLUDE USING gist (
    product_id WITH =, daterange(valid_from, in_force_until, '[]') WITH &&
) WHERE (verified_at IS NOT NULL AND state <> 'proposed' AND in_force_until >= valid_from);

CREATE FUNCTION certification_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'certificate history is only added to' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER append_only_certificate_event BEFORE UPDATE OR DELETE ON {EVENTS}
FOR EACH ROW EXECUTE FUNCTION certification_refuse_change();
"""

POSTGRESQL_REMOVE = f"""
DROP TRIGGER IF EXISTS append_only_certificate_event ON {EVENTS};
DROP FUNCTION IF EXISTS certification_refuse_change();
ALTER TABLE {CERTIFICATES} DROP CONSTRAINT IF EXISTS certificate_ranges_overlap;
"""

_OVERLAP = f"""
WHEN NEW.verified_at IS NOT NULL AND NEW.state <> 'proposed' AND NEW.in_force_until >= NEW.valid_from
BEGIN
    SELECT RAISE(ABORT, 'certificate_ranges_overlap') WHERE EXISTS (
        SELECT 1 FROM {CERTIFICATES} other
        WHERE other.product_id = NEW.product_id AND other.id IS NOT NEW.id
        AND other.verified_at IS NOT NULL AND other.state <> 'proposed'
        AND other.in_force_until >= other.valid_from
        AND other.valid_from <= NEW.in_force_until AND other.in_force_until >= NEW.valid_from
    );
END
"""

SQLITE_INSTALL = [
    f"CREATE TRIGGER IF NOT EXISTS append_only_certificate_event_update BEFORE UPDATE ON {EVENTS} "
    "BEGIN SELECT RAISE(ABORT, 'certificate history is only added to'); END",
    f"CREATE TRIGGER IF NOT EXISTS append_only_certificate_event_delete BEFORE DELETE ON {EVENTS} "
    "BEGIN SELECT RAISE(ABORT, 'certificate history is only added to'); END",
    f"CREATE TRIGGER IF NOT EXISTS certificate_overlap_insert BEFORE INSERT ON {CERTIFICATES} {_OVERLAP}",
    f"CREATE TRIGGER IF NOT EXISTS certificate_overlap_update BEFORE UPDATE ON {CERTIFICATES} {_OVERLAP}",
]


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_INSTALL)
    elif schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE_INSTALL:
            schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_REMOVE)
    elif schema_editor.connection.vendor == "sqlite":
        for name in (
            "append_only_certificate_event_update",
            "append_only_certificate_event_delete",
            "certificate_overlap_insert",
            "certificate_overlap_update",
        ):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("certification", "0004_one_certificate_a_decision")]

    operations = [migrations.RunPython(install, remove)]
