"""Fewer than 3 stars are never awarded, the level is its decision's, and a withdrawal names its ground.

That `level` is the decision's own (so that 5 stars really come from the ministry) compares two tables: a trigger on both databases.
Changing a constraint rebuilds the table on SQLite and drops its triggers: they are installed again.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

EARLIER = import_module("catalogue.certification.migrations.0005_history_and_ranges")
CERTIFICATES, DECISIONS = EARLIER.CERTIFICATES, "certification_decision"

POSTGRESQL_INSTALL = f"""
CREATE FUNCTION certification_level_of_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.decision_id IS NOT NULL AND NEW.level IS DISTINCT FROM
        (SELECT decision.level FROM {DECISIONS} decision WHERE decision.id = NEW.decision_id) THEN
        RAISE EXCEPTION 'certificate_level_is_its_decisions' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER certificate_level BEFORE INSERT OR UPDATE OF level, decision_id ON {CERTIFICATES}
FOR EACH ROW EXECUTE FUNCTION certification_level_of_decision();

CREATE FUNCTION certification_level_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.level IS DISTINCT FROM OLD.level
        AND EXISTS (SELECT 1 FROM {CERTIFICATES} paper WHERE paper.decision_id = NEW.id) THEN
        RAISE EXCEPTION 'certificate_level_is_its_decisions' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER decision_level BEFORE UPDATE OF level ON {DECISIONS}
FOR EACH ROW EXECUTE FUNCTION certification_level_stays();
"""

POSTGRESQL_REMOVE = f"""
DROP TRIGGER IF EXISTS certificate_level ON {CERTIFICATES};
DROP TRIGGER IF EXISTS decision_level ON {DECISIONS};
DROP FUNCTION IF EXISTS certification_level_of_decision();
DROP FUNCTION IF EXISTS certification_level_stays();
"""

_OTHER_LEVEL = f"""
WHEN NEW.decision_id IS NOT NULL
AND NEW.level IS NOT (SELECT decision.level FROM {DECISIONS} decision WHERE decision.id = NEW.decision_id)
BEGIN SELECT RAISE(ABORT, 'certificate_level_is_its_decisions'); END
"""

SQLITE_INSTALL = [
    f"CREATE TRIGGER IF NOT EXISTS certificate_level_insert BEFORE INSERT ON {CERTIFICATES} {_OTHER_LEVEL}",
    "CREATE TRIGGER IF NOT EXISTS certificate_level_update "
    f"BEFORE UPDATE OF level, decision_id ON {CERTIFICATES} {_OTHER_LEVEL}",
    f"CREATE TRIGGER IF NOT EXISTS decision_level_update BEFORE UPDATE OF level ON {DECISIONS} "
    f"WHEN NEW.level IS NOT OLD.level AND EXISTS (SELECT 1 FROM {CERTIFICATES} WHERE decision_id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'certificate_level_is_its_decisions'); END",
]


def few_stars_are_no_award(apps, schema_editor):
    certificates = apps.get_model("certification", "Certificate").objects
    certificates.filter(stars__lt=3, state__in=["awarded", "withdrawn"]).update(state="proposed")


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_INSTALL)
    elif schema_editor.connection.vendor == "sqlite":
        for statement in [*EARLIER.SQLITE_INSTALL, *SQLITE_INSTALL]:
            schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_REMOVE)
    elif schema_editor.connection.vendor == "sqlite":
        for name in ("certificate_level_insert", "certificate_level_update", "decision_level_update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("certification", "0006_decision_imports")]

    operations = [
        migrations.RunPython(few_stars_are_no_award, migrations.RunPython.noop),
        migrations.RemoveConstraint("certificate", "low_stars_never_awarded"),
        migrations.AddConstraint(
            "certificate",
            models.CheckConstraint(
                condition=Q(stars__gte=3) | Q(state__in=["proposed", "superseded"], verified_at__isnull=True),
                name="low_stars_never_awarded",
            ),
        ),
        migrations.AddField(
            "certificate",
            "withdrawal_ground",
            models.CharField(
                blank=True,
                choices=[
                    ("false_dossier", "False dossier"),
                    ("criteria_not_met", "Criteria no longer met"),
                    ("breach_of_law", "Breach of quality, safety, labelling or other law"),
                    ("misuse_of_mark", "Misuse of the OCOP mark"),
                    ("production_stopped", "Production stopped"),
                    ("other_findings", "Other official findings"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.RunPython(install, remove),
    ]
