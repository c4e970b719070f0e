"""Tax numbers of producers are encrypted, and found by their keyed digest."""

from django.db import migrations

from marketplace.encryption import (
    BlindIndexField,
    EncryptedTextField,
    blind_index,
    column_decrypt,
    column_encrypt,
)


def encrypt(apps, schema_editor):
    for table in ("partner_partner",):
        column_encrypt(schema_editor, table, "tax_number")


def decrypt(apps, schema_editor):
    for table in ("partner_partner",):
        column_decrypt(schema_editor, table, "tax_number", max_length=14)


def index(apps, schema_editor):
    Partner = apps.get_model("partner", "Partner")
    for producer in Partner.objects.exclude(tax_number="").only("pk", "tax_number").iterator():
        Partner.objects.filter(pk=producer.pk).update(tax_number_index=blind_index(producer.tax_number))


class Migration(migrations.Migration):
    dependencies = [("partner", "0012_weekdays_of_dispatch")]

    # The table itself isn't made anew on SQLite: its triggers would go.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "partner",
                    "tax_number",
                    EncryptedTextField(blank=True, default="", max_length=14, verbose_name="tax number"),
                ),
            ],
            database_operations=[migrations.RunPython(encrypt, decrypt)],
        ),
        migrations.AddField("partner", "tax_number_index", BlindIndexField(of="tax_number")),
        migrations.RunPython(index, migrations.RunPython.noop),
    ]
