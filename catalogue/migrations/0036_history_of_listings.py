"""Why a listing was suspended or restored, by whom and when: rows that are only added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EVENTS = "catalogue_listingevent"

POSTGRESQL_INSTALL = f"""
CREATE FUNCTION catalogue_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of listings is only added to' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER append_only_listing_event BEFORE UPDATE OR DELETE ON {EVENTS}
FOR EACH ROW EXECUTE FUNCTION catalogue_refuse_change();
"""

POSTGRESQL_REMOVE = f"""
DROP TRIGGER IF EXISTS append_only_listing_event ON {EVENTS};
DROP FUNCTION IF EXISTS catalogue_refuse_change();
"""

SQLITE_INSTALL = [
    f"CREATE TRIGGER IF NOT EXISTS append_only_listing_event_{verb.lower()} BEFORE {verb} ON {EVENTS} "
    "BEGIN SELECT RAISE(ABORT, 'the history of listings is only added to'); END"
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
            schema_editor.execute(f"DROP TRIGGER IF EXISTS append_only_listing_event_{verb}")


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0035_pictures_processed_off_the_request"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ListingEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "action",
                    models.CharField(
                        choices=[("suspended", "Listing suspended"), ("restored", "Listing restored")],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=255)),
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
                    "good",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="listing_events",
                        to="catalogue.product",
                    ),
                ),
            ],
            options={"ordering": ["at", "pk"]},
        ),
        migrations.RunPython(install, remove),
    ]
