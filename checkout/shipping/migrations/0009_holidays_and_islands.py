"""Public holidays of 2026 and 2027, and the special zones at sea as far communes of the table to begin with.

Holidays by the Labour Code 2019 (45/2019/QH14), article 112. Days that follow the moon are worked out from the calendar; how the days
off around them fall is announced year by year, so those that hadn't been announced when this was written are samples to be confirmed.
"""

from datetime import date

from django.db import migrations

LAW = "Bộ luật Lao động 2019, Điều 112"
HOLIDAYS = [
    # first day, last day, name, whether somebody has to confirm it
    (date(2026, 1, 1), date(2026, 1, 1), "Tết Dương lịch", False),
    (date(2026, 2, 14), date(2026, 2, 22), "Tết Nguyên đán Bính Ngọ", True),
    (date(2026, 4, 25), date(2026, 4, 27), "Giỗ Tổ Hùng Vương và nghỉ bù", True),
    (date(2026, 4, 30), date(2026, 5, 1), "Ngày Chiến thắng và Quốc tế Lao động", False),
    (date(2026, 9, 1), date(2026, 9, 2), "Quốc khánh", True),
    (date(2027, 1, 1), date(2027, 1, 1), "Tết Dương lịch", False),
    (date(2027, 2, 4), date(2027, 2, 10), "Tết Nguyên đán Đinh Mùi", True),
    (date(2027, 4, 16), date(2027, 4, 16), "Giỗ Tổ Hùng Vương", True),
    (date(2027, 4, 30), date(2027, 5, 1), "Ngày Chiến thắng và Quốc tế Lao động", False),
    (date(2027, 9, 2), date(2027, 9, 3), "Quốc khánh", True),
]
#: Special zones (đặc khu) that regular ships or planes reach, with sample values.
ISLANDS = ["06994", "07192", "11914", "11948", "19742", "21548", "23272", "26732", "31078", "31105", "31108"]
#: Those that no carrier serves: Hoàng Sa and Trường Sa.
NOT_SERVED = ["20333", "22736"]
SURCHARGE, EXTRA_DAYS, COLD_CHARGE = 20_000, 3, 30_000


def add(apps, schema_editor):
    closed = apps.get_model("shipping", "ClosedDays")
    closed.objects.bulk_create(
        closed(first_day=first, last_day=last, name=name, source=LAW, is_sample=is_sample)
        for first, last, name, is_sample in HOLIDAYS
    )
    tariffs = apps.get_model("shipping", "DeliveryTariff").objects
    remote = apps.get_model("shipping", "RemoteCommune")
    known = set(apps.get_model("places", "Commune").objects.values_list("pk", flat=True))
    for tariff in tariffs.filter(producer=None, is_sample=True):
        tariff.cold_charge = COLD_CHARGE
        tariff.save(update_fields=["cold_charge"])
        remote.objects.bulk_create(
            [
                remote(tariff=tariff, commune_id=code, surcharge=SURCHARGE, extra_days=EXTRA_DAYS)
                for code in ISLANDS
                if code in known
            ]
            + [
                remote(tariff=tariff, commune_id=code, is_served=False)
                for code in NOT_SERVED
                if code in known
            ]
        )


def remove(apps, schema_editor):
    apps.get_model("shipping", "ClosedDays").objects.filter(producer=None, source=LAW).delete()
    apps.get_model("shipping", "RemoteCommune").objects.filter(
        tariff__producer=None, tariff__is_sample=True
    ).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("shipping", "0008_surcharges_days_and_pickup_points"),
        ("places", "0003_load_places"),
    ]

    operations = [migrations.RunPython(add, remove)]
