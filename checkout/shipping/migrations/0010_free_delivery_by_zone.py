"""From which value of goods the way is free is said zone by zone: each begins as its table had it."""

from django.db import migrations, models
from django.db.models import Max, OuterRef, Subquery


def to_zones(apps, schema_editor):
    table = apps.get_model("shipping", "DeliveryTariff").objects.filter(pk=OuterRef("tariff"))
    rates = apps.get_model("shipping", "DeliveryRate").objects
    rates.update(free_from=Subquery(table.values("free_from")[:1]))


def to_tables(apps, schema_editor):
    """Give a table the highest limit of its zones; where one is never free, none is."""
    for table in apps.get_model("shipping", "DeliveryTariff").objects.annotate(most=Max("rates__free_from")):
        table.free_from = None if table.rates.filter(free_from=None).exists() else table.most
        table.save(update_fields=["free_from"])


class Migration(migrations.Migration):
    dependencies = [("shipping", "0009_holidays_and_islands")]

    operations = [
        migrations.AddField(
            model_name="deliveryrate",
            name="free_from",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="free from (đồng)"),
        ),
        migrations.RunPython(to_zones, to_tables),
        migrations.RemoveField(model_name="deliverytariff", name="free_from"),
    ]
