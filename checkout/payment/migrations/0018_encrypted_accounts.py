"""Numbers of buyers' bank accounts are encrypted."""

from django.db import migrations

from marketplace.encryption import EncryptedTextField, column_decrypt, column_encrypt


def encrypt(apps, schema_editor):
    for table in ("payment_buyerbankaccount",):
        column_encrypt(schema_editor, table, "number")


def decrypt(apps, schema_editor):
    for table in ("payment_buyerbankaccount",):
        column_decrypt(schema_editor, table, "number", max_length=24)


class Migration(migrations.Migration):
    dependencies = [("payment", "0017_shares_of_a_lost_dispute")]

    # The table itself isn't made anew on SQLite: its triggers would go.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("buyerbankaccount", "number", EncryptedTextField(max_length=24)),
            ],
            database_operations=[migrations.RunPython(encrypt, decrypt)],
        ),
    ]
