"""Fills the new columns from what the old ones and the events of consignments say: until now a consignment went back whole or not at all."""

from django.db import migrations
from django.db.models import F, Max, OuterRef, Subquery


def fill(apps, schema_editor):
    Consignment = apps.get_model("order", "Consignment")
    Event = apps.get_model("order", "ConsignmentEvent")
    Line = apps.get_model("order", "Line")
    refunded = Consignment.objects.filter(refunded_amount__gt=0)
    refunded.update(refunded_delivery=F("delivery_charge"))
    Line.objects.filter(consignment__in=refunded.values("pk")).update(
        refunded_quantity=F("quantity"), refunded_amount=F("line_price_incl_tax")
    )
    handed_over = (
        Event.objects.filter(consignment=OuterRef("pk"), to_state="delivered")
        .values("consignment")
        .annotate(moment=Max("at"))
    )
    delivered = Consignment.objects.filter(events__to_state="delivered").values("pk")
    Consignment.objects.filter(pk__in=delivered).update(delivered_at=Subquery(handed_over.values("moment")))
    Consignment.objects.filter(pk__in=delivered, order__payment_method="cash").update(collected_by="producer")


class Migration(migrations.Migration):
    dependencies = [("order", "0024_shared_columns_of_money")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
