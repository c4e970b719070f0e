from django.db import migrations, models
from django.db.models import Sum
from django.db.models.functions import Coalesce


def of_what_is_under_way(apps, schema_editor):
    """Of parcels that are still to be delivered, what a producer's own offer took off the delivery. What is booked stays as it is."""
    Consignment = apps.get_model("order", "Consignment")
    under_way = Consignment.objects.filter(delivered_at__isnull=True, delivery_discount__gt=0)
    for consignment in under_way.annotate(on_goods=Coalesce(Sum("lines__platform_discount"), 0)).iterator():
        by_platform = consignment.platform_discount - consignment.on_goods
        Consignment.objects.filter(pk=consignment.pk).update(
            delivery_by_producer=max(0, consignment.delivery_discount - by_platform)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("order", "0027_ways_of_consignments"),
    ]

    operations = [
        migrations.AddField(
            model_name="consignment",
            name="delivery_by_producer",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(of_what_is_under_way, migrations.RunPython.noop, elidable=True),
    ]
