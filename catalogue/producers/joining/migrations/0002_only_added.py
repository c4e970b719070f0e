"""What was answered to an application is only added to."""

from django.db import migrations

EVENTS = "joining_applicationevent"

POSTGRESQL_INSTALL = f"""
CREATE FUNCTION joining_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of applications is only added to' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER append_only_application_event BEFORE UPDATE OR DELETE ON {EVENTS}
FOR EACH ROW EXECUTE FUNCTION joining_refuse_change();
"""

POSTGRESQL_REMOVE = f"""
DROP TRIGGER IF EXISTS append_only_application_event ON {EVENTS};
DROP FUNCTION IF EXISTS joining_refuse_change();
"""

SQLITE_INSTALL = [
    f"CREATE TRIGGER IF NOT EXISTS append_only_application_event_{verb.lower()} BEFORE {verb} ON {EVENTS} "
    "BEGIN SELECT RAISE(ABORT, 'the history of applications is only added to'); END"
    for verb in ("UPDATE", "DELETE")
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
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS append_only_application_event_{verb}")


class Migration(migrations.Migration):
    dependencies = [("joining", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
