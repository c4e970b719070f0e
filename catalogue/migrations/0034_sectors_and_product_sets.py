"""Load the 6 sectors and 26 product sets of the programme, in both languages."""

import csv
from pathlib import Path

from django.db import migrations

SOURCE = Path(__file__).resolve().parent.parent / "data" / "product_groups.csv"


def load(apps, schema_editor):
    Sector = apps.get_model("catalogue", "Sector")
    ProductSet = apps.get_model("catalogue", "ProductSet")
    with SOURCE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for position, code in enumerate(dict.fromkeys(row["sector"] for row in rows), start=1):
        row = next(row for row in rows if row["sector"] == code)
        Sector.objects.update_or_create(
            code=code,
            defaults={
                "name": row["sector_vi"],
                "name_vi": row["sector_vi"],
                "name_en": row["sector_en"],
                "position": position,
            },
        )
    for row in rows:
        ProductSet.objects.update_or_create(
            number=int(row["set"]),
            defaults={
                "sector_id": row["sector"],
                "group": row["group_vi"],
                "group_vi": row["group_vi"],
                "group_en": row["group_en"],
                "name": row["subgroup_vi"],
                "name_vi": row["subgroup_vi"],
                "name_en": row["subgroup_en"],
            },
        )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0033_productchange_productset_sector_product_alcohol_and_more")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
