"""Bank accounts and what finance found of them are only added; where a payout goes, and how much of it, never changes.

Once a payout has ended its account may be blotted out: a buyer's is personal data.
"""

from django.db import migrations

APPEND_ONLY = ("payouts_bankaccount", "payouts_accountdecision", "payouts_payoutpart")
FROZEN = ("batch_id", "reference", "producer_id", "account_id", "refund_id", "amount", "memo", "created_at")
FROZEN_UNDER_WAY = ("bank_bin", "number", "holder")


def changed(columns, differs):
    return " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)


POSTGRESQL_INSTALL = f"""
CREATE FUNCTION payouts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION payouts_keep_payout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR {changed(FROZEN, "IS DISTINCT FROM")}
       OR OLD.state = 'pending' AND ({changed(FROZEN_UNDER_WAY, "IS DISTINCT FROM")})
       OR OLD.state <> 'pending' AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION 'what a payout is never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payouts_keep_payout BEFORE UPDATE OR DELETE ON payouts_payout
FOR EACH ROW EXECUTE FUNCTION payouts_keep_payout();
""" + "".join(
    f"""
CREATE TRIGGER append_only_{table} BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION payouts_refuse_change();
"""
    for table in APPEND_ONLY
)

POSTGRESQL_REMOVE = (
    "".join(f"DROP TRIGGER IF EXISTS append_only_{table} ON {table};\n" for table in APPEND_ONLY)
    + """
DROP TRIGGER IF EXISTS payouts_keep_payout ON payouts_payout;
DROP FUNCTION IF EXISTS payouts_keep_payout();
DROP FUNCTION IF EXISTS payouts_refuse_change();
"""
)

SQLITE_TRIGGERS = {
    f"append_only_{table}_{verb.lower()}": f"BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
    for table in APPEND_ONLY
    for verb in ("UPDATE", "DELETE")
} | {
    "payouts_keep_payout_delete": "BEFORE DELETE ON payouts_payout BEGIN SELECT RAISE(ABORT, 'what a payout is never changes'); END",
    "payouts_keep_payout_update": (
        f"BEFORE UPDATE ON payouts_payout WHEN {changed(FROZEN, 'IS NOT')}"
        f" OR OLD.state = 'pending' AND ({changed(FROZEN_UNDER_WAY, 'IS NOT')})"
        " OR OLD.state <> 'pending' AND NEW.state <> OLD.state"
        " BEGIN SELECT RAISE(ABORT, 'what a payout is never changes'); END"
    ),
}


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        # Not through `params`: the function's own % is meant.
        schema_editor.execute(POSTGRESQL_INSTALL, None)
    elif schema_editor.connection.vendor == "sqlite":
        for name, words in SQLITE_TRIGGERS.items():
            schema_editor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {words}")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_REMOVE, None)
    elif schema_editor.connection.vendor == "sqlite":
        for name in SQLITE_TRIGGERS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("payouts", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
