"""A delivery table to begin with: sample values, marked so, until an admin has confirmed or replaced them."""

from datetime import date

from django.db import migrations

RATES = [
    # zone, first 500 g, each 500 g more (đồng), days with the carrier
    ("same_province", 18_000, 3_000, 1, 2),
    ("same_region", 25_000, 4_500, 2, 3),
    ("between_regions", 30_000, 6_000, 3, 5),
]


def add_platform_tariff(apps, schema_editor):
    tariff = apps.get_model("shipping", "DeliveryTariff").objects.create(
        name="Bảng cước mẫu của sàn",
        valid_from=date(2026, 1, 1),
        volume_divisor=5,
        free_from=500_000,
        cod_charge=0,
        assumed_pack_weight=500,
        is_sample=True,
    )
    rate = apps.get_model("shipping", "DeliveryRate")
    rate.objects.bulk_create(
        rate(
            tariff=tariff,
            zone=zone,
            first_weight=500,
            first_charge=first,
            step_weight=500,
            step_charge=step,
            days_min=days_min,
            days_max=days_max,
        )
        for zone, first, step, days_min, days_max in RATES
    )


def remove_platform_tariff(apps, schema_editor):
    apps.get_model("shipping", "DeliveryTariff").objects.filter(producer=None, is_sample=True).delete()


class Migration(migrations.Migration):
    dependencies = [("shipping", "0005_assumed_weight_and_samples")]

    operations = [migrations.RunPython(add_platform_tariff, remove_platform_tariff)]
