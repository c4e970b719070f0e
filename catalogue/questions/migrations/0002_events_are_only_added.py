"""Why a question or an answer was hidden or shown again is only added to; that a person is forgotten (`actor`) is no change of it."""

from django.db import migrations

EVENTS = "questions_questionevent"
KEPT = "id, question_id, at, action, ground, note, text"

POSTGRESQL_INSTALL = f"""
CREATE FUNCTION questions_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of questions is only added to' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER append_only_question_event_update BEFORE UPDATE OF {KEPT} ON {EVENTS}
FOR EACH ROW EXECUTE FUNCTION questions_refuse_change();

CREATE TRIGGER append_only_question_event_delete BEFORE DELETE ON {EVENTS}
FOR EACH ROW EXECUTE FUNCTION questions_refuse_change();
"""

POSTGRESQL_REMOVE = f"""
DROP TRIGGER IF EXISTS append_only_question_event_update ON {EVENTS};
DROP TRIGGER IF EXISTS append_only_question_event_delete ON {EVENTS};
DROP FUNCTION IF EXISTS questions_refuse_change();
"""

SQLITE_INSTALL = [
    f"CREATE TRIGGER IF NOT EXISTS append_only_question_event_{name} BEFORE {verb} ON {EVENTS} "
    "BEGIN SELECT RAISE(ABORT, 'the history of questions is only added to'); END"
    for name, verb in (("update", f"UPDATE OF {KEPT}"), ("delete", "DELETE"))
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
        for name in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS append_only_question_event_{name}")


class Migration(migrations.Migration):
    dependencies = [("questions", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
