"""Put the cap on discounts on record. It is from memory of the decree: nobody has confirmed it until an admin does."""

from datetime import date

from django.db import migrations

#: Fresh food (sets 1 and 2) is outside the cap.
FRESH_FOOD = (1, 2)


def load(apps, schema_editor):
    rule, _ = apps.get_model("campaigns", "DiscountRule").objects.get_or_create(
        in_force_from=date(2018, 7, 15),
        defaults={
            "legal_source": "Nghị định 81/2018/NĐ-CP, sửa đổi bởi Nghị định 128/2024/NĐ-CP",
            "largest_percent": 50,
            "concentrated_percent": 100,
        },
    )
    rule.exempt_sets.set(FRESH_FOOD)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("catalogue", "0034_sectors_and_product_sets")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
