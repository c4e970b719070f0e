"""A proposal that ended is closed: a state of its own, so that nobody takes it for an award that a newer one replaced.

The constraint rebuilds the table of certificates on SQLite: see 0008 for its triggers.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.models import Q

triggers = import_module("catalogue.certification.migrations.0008_scores_and_history_of_standards")


def few_stars(states):
    return models.CheckConstraint(
        condition=Q(stars__gte=3) | Q(state__in=states, verified_at__isnull=True),
        name="low_stars_never_awarded",
    )


def tell_apart(apps, schema_editor):
    # What replaces a certificate ends one that counted; nobody had verified these.
    certificates = apps.get_model("certification", "Certificate").objects
    certificates.filter(state="superseded", verified_at__isnull=True).update(state="closed")


def take_back(apps, schema_editor):
    apps.get_model("certification", "Certificate").objects.filter(state="closed").update(state="superseded")


class Migration(migrations.Migration):
    dependencies = [("certification", "0008_scores_and_history_of_standards")]

    operations = [
        migrations.RunPython(triggers.make_way, triggers.put_back),
        migrations.AlterField(
            "certificate",
            "state",
            models.CharField(
                choices=[
                    ("proposed", "Proposed"),
                    ("closed", "Closed"),
                    ("awarded", "Awarded"),
                    ("superseded", "Superseded"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="awarded",
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint("certificate", "low_stars_never_awarded"),
        migrations.RunPython(tell_apart, take_back),
        migrations.AddConstraint("certificate", few_stars(["proposed", "closed"])),
        migrations.RunPython(triggers.put_back, triggers.make_way),
    ]
