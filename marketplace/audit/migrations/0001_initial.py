"""The audit log, and the triggers that let rows be added to it and nothing else."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EVENTS = "audit_auditevent"

POSTGRESQL_INSTALL = f"""
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only added to' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER append_only_audit_event BEFORE UPDATE OR DELETE ON {EVENTS}
FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""

POSTGRESQL_REMOVE = f"""
DROP TRIGGER IF EXISTS append_only_audit_event ON {EVENTS};
DROP FUNCTION IF EXISTS audit_refuse_change();
"""

SQLITE_INSTALL = [
    f"CREATE TRIGGER IF NOT EXISTS append_only_audit_event_{verb.lower()} BEFORE {verb} ON {EVENTS} "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
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
            schema_editor.execute(f"DROP TRIGGER IF EXISTS append_only_audit_event_{verb}")


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="when")),
                ("roles", models.CharField(blank=True, max_length=120, verbose_name="roles")),
                ("action", models.CharField(max_length=50, verbose_name="action")),
                ("object_kind", models.CharField(blank=True, max_length=40, verbose_name="kind of object")),
                ("object_key", models.CharField(blank=True, max_length=64, verbose_name="object")),
                (
                    "object_words",
                    models.CharField(blank=True, max_length=255, verbose_name="object in words"),
                ),
                (
                    "changes",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="changes",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=255, verbose_name="reason")),
                ("request_id", models.CharField(blank=True, max_length=64, verbose_name="request")),
                ("network", models.CharField(blank=True, max_length=50, verbose_name="network")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of the audit log",
                "verbose_name_plural": "audit log",
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["object_kind", "object_key"], name="audit_object"),
                    models.Index(fields=["actor", "at"], name="audit_actor"),
                    models.Index(fields=["action", "at"], name="audit_action"),
                ],
            },
        ),
        migrations.RunPython(install, remove),
    ]
