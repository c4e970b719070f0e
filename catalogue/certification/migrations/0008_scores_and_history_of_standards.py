"""The council's score on a certificate, checked against the rule's thresholds; and what happened to a standard's paper, only added to.

The new constraint rebuilds the table of certificates on SQLite, which drops its triggers: they are installed again. The trigger on
decisions reads that table, and would stop the rebuild where it isn't taken away first.
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EVENTS = "certification_standardevent"
ranges = import_module("catalogue.certification.migrations.0005_history_and_ranges")
levels = import_module("catalogue.certification.migrations.0007_few_stars_and_grounds")

#: `certification_refuse_change` is the function of 0005.
POSTGRESQL_INSTALL = f"""
CREATE TRIGGER append_only_standard_event BEFORE UPDATE OR DELETE ON {EVENTS}
FOR EACH ROW EXECUTE FUNCTION certification_refuse_change();
"""

SQLITE_INSTALL = [
    f"CREATE TRIGGER IF NOT EXISTS append_only_standard_event_{verb.lower()} BEFORE {verb} ON {EVENTS} "
    "BEGIN SELECT RAISE(ABORT, 'certificate history is only added to'); END"
    for verb in ("UPDATE", "DELETE")
]


def make_way(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS decision_level_update")


def put_back(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in [*ranges.SQLITE_INSTALL, *levels.SQLITE_INSTALL]:
            schema_editor.execute(statement)


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_INSTALL)
    elif schema_editor.connection.vendor == "sqlite":
        for statement in [*ranges.SQLITE_INSTALL, *levels.SQLITE_INSTALL, *SQLITE_INSTALL]:
            schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS append_only_standard_event ON {EVENTS}")
    elif schema_editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS append_only_standard_event_{verb}")
        make_way(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("certification", "0007_few_stars_and_grounds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(make_way, put_back),
        migrations.AddField(
            model_name="certificate",
            name="score",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="score"
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte=0, score__lte=100),
                name="score_out_of_100",
            ),
        ),
        migrations.AddField(
            model_name="standardcertificate",
            name="verified_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="StandardEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("action", models.CharField(max_length=30)),
                ("reason", models.CharField(blank=True, default="", max_length=255)),
                ("changes", models.JSONField(blank=True, default=dict)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "standard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="certification.standardcertificate",
                    ),
                ),
            ],
            options={"ordering": ["at", "pk"]},
        ),
        migrations.RunPython(install, remove),
    ]
