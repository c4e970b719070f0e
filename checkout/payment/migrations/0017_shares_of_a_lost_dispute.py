import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def _settle(schema_editor):
    """Let PostgreSQL look at its foreign keys now: a table with checks still to come can't be altered."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def one_bearer_to_shares(apps, schema_editor):
    Dispute, Share = apps.get_model("payment", "Dispute"), apps.get_model("payment", "DisputeShare")
    Consignment = apps.get_model("order", "Consignment")
    for dispute in Dispute.objects.filter(borne_by__isnull=False).select_related("payment"):
        parcel = Consignment.objects.get(order=dispute.payment.order_id, producer=dispute.borne_by_id)
        Share.objects.create(dispute=dispute, consignment=parcel, amount=dispute.borne_amount)
    _settle(schema_editor)


def shares_to_one_bearer(apps, schema_editor):
    """Raise where a dispute is shared: the older form has no room for it."""
    Dispute = apps.get_model("payment", "Dispute")
    for dispute in Dispute.objects.filter(borne_amount__gt=0):
        share = dispute.shares.get()
        Dispute.objects.filter(pk=dispute.pk).update(borne_by=share.consignment.producer_id)
    _settle(schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("order", "0028_delivery_that_the_producer_bears"),
        ("payment", "0016_sums_given_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="DisputeShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.PositiveIntegerField()),
                (
                    "consignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute_shares",
                        to="order.consignment",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="payment.dispute",
                    ),
                ),
            ],
            options={
                "ordering": ["consignment"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("dispute", "consignment"), name="one_dispute_share_a_parcel"
                    ),
                    models.CheckConstraint(condition=Q(("amount__gt", 0)), name="dispute_share_is_positive"),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="dispute", name="only_lost_disputes_are_decided"),
        migrations.RemoveConstraint(model_name="dispute", name="dispute_is_borne_for_an_amount"),
        migrations.RunPython(one_bearer_to_shares, shares_to_one_bearer),
        migrations.RemoveField(model_name="dispute", name="borne_by"),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("borne_amount", 0), ("decided_at__isnull", True)),
                    Q(("decided_at__isnull", False), ("state", "lost")),
                    _connector="OR",
                ),
                name="only_lost_disputes_are_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=Q(("borne_amount__lte", F("amount"))), name="dispute_is_borne_within_its_amount"
            ),
        ),
    ]
