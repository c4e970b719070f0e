"""What constraints of Django's cannot say: the ledger is only added to, and every entry's postings add up to 0.

The balance is asked for at the end of the transaction on PostgreSQL; on SQLite, which has no deferred triggers, `bookings` asks. SQLite
drops a table's triggers when a later migration rebuilds the table: such a migration calls `install` again, and tests/integration/settlement
fails where it was forgotten. Then what is on record from the beginning: accounts, a first commission, the law's rates; the last two wait for
somebody to confirm them.
"""

from datetime import date

from django.db import migrations

TABLES = ("settlement_ledgerentry", "settlement_posting")

POSTGRESQL_INSTALL = """
CREATE FUNCTION settlement_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only added to' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION settlement_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT SUM(amount) FROM settlement_posting WHERE entry_id = NEW.entry_id) <> 0 THEN
        RAISE EXCEPTION USING
            MESSAGE = 'ledger entry ' || NEW.entry_id || ' does not balance',
            ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER append_only_ledger_entry BEFORE UPDATE OR DELETE ON settlement_ledgerentry
FOR EACH ROW EXECUTE FUNCTION settlement_refuse_change();

CREATE TRIGGER append_only_posting BEFORE UPDATE OR DELETE ON settlement_posting
FOR EACH ROW EXECUTE FUNCTION settlement_refuse_change();

CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON settlement_posting
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION settlement_entry_balances();
"""

POSTGRESQL_REMOVE = """
DROP TRIGGER IF EXISTS ledger_entry_balances ON settlement_posting;
DROP TRIGGER IF EXISTS append_only_posting ON settlement_posting;
DROP TRIGGER IF EXISTS append_only_ledger_entry ON settlement_ledgerentry;
DROP FUNCTION IF EXISTS settlement_entry_balances();
DROP FUNCTION IF EXISTS settlement_refuse_change();
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_INSTALL)
    elif schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS append_only_{table}_{verb.lower()} BEFORE {verb} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END"
                )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_REMOVE)
    elif schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS append_only_{table}_{verb}")


#: Every account that belongs to nobody in particular.
ACCOUNTS = (
    "buyers",
    "bank",
    "cod_transit",
    "commission",
    "vat_withheld",
    "pit_withheld",
    "delivery",
    "platform_discounts",
    "refunds_due",
    "payouts_transit",
    "unmatched",
    "disputes",
    "losses",
    "fees",
)
#: VAT and income tax in hundredths of a per cent.
RATES = {
    "goods": (100, 50),
    "production_transport": (300, 150),
    "services": (500, 200),
    "unknown": (500, 200),
}
#: Community tourism is a service.
SERVICE_SETS = (26,)


def load(apps, schema_editor):
    account = apps.get_model("settlement", "Account")
    for kind in ACCOUNTS:
        account.objects.get_or_create(kind=kind, producer=None, provider="")
    apps.get_model("settlement", "CommissionTariff").objects.get_or_create(
        valid_from=date(2026, 1, 1),
        group="",
        producer=None,
        campaign=None,
        defaults={"name": "Phí sàn chung", "rate": 500, "base": "goods", "is_sample": True},
    )
    rule, is_new = apps.get_model("settlement", "WithholdingRule").objects.get_or_create(
        valid_from=date(2025, 7, 1),
        defaults={
            "law": "Nghị định 117/2025/NĐ-CP",
            # Companies and cooperatives file their own.
            "seller_kinds": ["household", "farm", "cooperative_group", "other"],
        },
    )
    if is_new:
        for kind, (vat, pit) in RATES.items():
            rule.rates.create(kind=kind, vat=vat, pit=pit)
    for number in SERVICE_SETS:
        apps.get_model("settlement", "SetTaxKind").objects.get_or_create(
            product_set_id=number, defaults={"kind": "services"}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0001_ledger_and_rates"),
        ("catalogue", "0034_sectors_and_product_sets"),
    ]
    operations = [
        migrations.RunPython(install, remove),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
