"""Numbers of bank accounts are encrypted."""

from django.db import migrations

from marketplace.encryption import EncryptedTextField, column_decrypt, column_encrypt


def encrypt(apps, schema_editor):
    for table in ("payouts_bankaccount", "payouts_payout"):
        column_encrypt(schema_editor, table, "number")


def decrypt(apps, schema_editor):
    for table in ("payouts_bankaccount", "payouts_payout"):
        column_decrypt(schema_editor, table, "number", max_length=24)


class Migration(migrations.Migration):
    dependencies = [("payouts", "0004_payouts_that_come_back")]

    # The table itself isn't made anew on SQLite: its triggers would go.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "bankaccount", "number", EncryptedTextField(max_length=24, verbose_name="account number")
                ),
                migrations.AlterField(
                    "payout", "number", EncryptedTextField(max_length=24, verbose_name="account number")
                ),
            ],
            database_operations=[migrations.RunPython(encrypt, decrypt)],
        ),
    ]
