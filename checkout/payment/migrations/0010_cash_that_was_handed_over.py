"""Cash handed over at the door until now becomes a payment of its parcel; orders keep their sums. Refunds that were sent get a moment."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    Consignment = apps.get_model("order", "Consignment")
    Payment = apps.get_model("payment", "Payment")
    Refund = apps.get_model("payment", "Refund")
    handed_over = Consignment.objects.filter(
        delivered_at__isnull=False, order__payment_method="cash", order__settled_by=None
    ).exclude(goods_total=0, delivery_charge=0)
    Payment.objects.bulk_create(
        [
            Payment(
                order_id=consignment.order_id,
                consignment=consignment,
                gateway="cash",
                reference=consignment.number,
                amount=consignment.goods_total + consignment.delivery_charge,
                refunded_amount=0,
                state="paid",
                paid_at=consignment.delivered_at,
            )
            for consignment in handed_over.iterator(chunk_size=500)
        ],
        batch_size=500,
    )
    Refund.objects.filter(state="done", sent_at=None).update(sent_at=F("created_at"))


def take_back(apps, schema_editor):
    """Cash was no payment before. Where some of it has gone back, the rows stay: their refunds need them."""
    Payment = apps.get_model("payment", "Payment")
    Payment.objects.filter(gateway="cash", refunds=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("order", "0025_what_went_back_so_far"),
        ("payment", "0009_cash_and_transfers_back"),
    ]
    operations = [migrations.RunPython(fill, take_back)]
