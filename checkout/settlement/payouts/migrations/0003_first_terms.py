"""Terms to begin with, marked as samples until finance has confirmed them."""

from datetime import date

from django.db import migrations


def write(apps, schema_editor):
    apps.get_model("payouts", "PayoutTerms").objects.get_or_create(
        valid_from=date(2026, 1, 1),
        defaults={"minimum": 50_000, "days_after_delivery": 7, "weekday": 5, "is_sample": True},
    )


class Migration(migrations.Migration):
    dependencies = [("payouts", "0002_only_added_and_frozen")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
