"""Who verified, refused or suspended a producer as a seller, when and why: rows that are only added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EVENTS = "partner_sellerevent"

POSTGRESQL_INSTALL = f"""
CREATE FUNCTION partner_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of sellers is only added to' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER append_only_seller_event BEFORE UPDATE OR DELETE ON {EVENTS}
FOR EACH ROW EXECUTE FUNCTION partner_refuse_change();
"""

POSTGRESQL_REMOVE = f"""
DROP TRIGGER IF EXISTS append_only_seller_event ON {EVENTS};
DROP FUNCTION IF EXISTS partner_refuse_change();
"""

SQLITE_INSTALL = [
    f"CREATE TRIGGER IF NOT EXISTS append_only_seller_event_{verb.lower()} BEFORE {verb} ON {EVENTS} "
    "BEGIN SELECT RAISE(ABORT, 'the history of sellers is only added to'); END"
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
            schema_editor.execute(f"DROP TRIGGER IF EXISTS append_only_seller_event_{verb}")


class Migration(migrations.Migration):
    dependencies = [
        ("partner", "0009_delivery_reach"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="partner",
            name="seller_state",
            field=models.CharField(
                choices=[
                    ("unverified", "Not yet a seller here"),
                    ("pending", "Awaiting verification"),
                    ("verified", "Verified seller"),
                    ("suspended", "Stopped from selling"),
                ],
                db_index=True,
                default="unverified",
                max_length=12,
                verbose_name="seller",
            ),
        ),
        migrations.CreateModel(
            name="SellerEvent",
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
                        choices=[
                            ("verified", "Verified as a seller"),
                            ("refused", "Refused as a seller"),
                            ("suspended", "Stopped from selling"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=255)),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("unverified", "Not yet a seller here"),
                            ("pending", "Awaiting verification"),
                            ("verified", "Verified seller"),
                            ("suspended", "Stopped from selling"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("unverified", "Not yet a seller here"),
                            ("pending", "Awaiting verification"),
                            ("verified", "Verified seller"),
                            ("suspended", "Stopped from selling"),
                        ],
                        max_length=12,
                    ),
                ),
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
                    "producer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seller_events",
                        to="partner.partner",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("action", "verified"), models.Q(("reason", ""), _negated=True), _connector="OR"
                        ),
                        name="seller_refusal_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", "verified"), ("to_state", "verified")),
                            models.Q(("action", "refused"), ("to_state", "unverified")),
                            models.Q(("action", "suspended"), ("to_state", "suspended")),
                            _connector="OR",
                        ),
                        name="seller_event_leads_to_its_state",
                    ),
                ],
            },
        ),
        migrations.RunPython(install, remove),
    ]
