"""What screens call: upload a statement, name its columns, confirm or put it aside. Nothing is recorded before it is confirmed."""

import logging
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.payment.transfers.errors import TransferError, TransfersRefused
from checkout.payment.transfers.models import BankStatement, BankTransfer, ReceivingAccount, StatementColumn
from checkout.payment.transfers.services import transfers_record
from checkout.payment.transfers.statements.columns import Field, header_key
from checkout.payment.transfers.statements.reading import StatementRead, digest_of, read_statement
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record

logger = logging.getLogger(__name__)


def remembered_columns() -> dict[str, Field]:
    """Return what people said headers mean."""
    return {
        key: Field(meaning)
        for key, meaning in StatementColumn.objects.values_list("header_key", "field")
        if meaning in set(Field)
    }


def statement_upload(
    *, account: ReceivingAccount, file_name: str, content: bytes, by: User | None
) -> BankStatement:
    """Keep a statement to be looked at, also one whose columns a person has to name first; the same file gives the same one again.

    Raises TransfersRefused where it is no statement of the account that could be read, and then nothing is kept.
    """
    digest = digest_of(content)
    known = _live(account, digest)
    if known is not None:
        return known
    try:
        _read(account, file_name, content)
    except TransfersRefused as refused:
        if not refused.columns:
            logger.warning(
                "a statement of account %s is refused for %s reasons", account.pk, len(refused.problems)
            )
            raise
    try:
        with transaction.atomic():
            statement = BankStatement.objects.create(
                account=account, file_name=file_name[:200], digest=digest, content=content, uploaded_by=by
            )
            audit_record(action="statement.uploaded", subject=statement, words=statement.file_name, actor=by)
            return statement
    except IntegrityError:
        known = _live(account, digest)
        if known is None:
            raise
        return known


def statement_read(statement: BankStatement) -> StatementRead:
    """Return what an uploaded statement says. Raises TransfersRefused."""
    if statement.content is None:
        raise TransferError(_("The file of this statement is no longer kept."))
    return _read(statement.account, statement.file_name, bytes(statement.content))


@transaction.atomic
def statement_columns_map(*, meanings: Mapping[str, Field], by: User | None) -> None:
    """Remember what headers mean, in this file and every later one."""
    words = ", ".join(f"{header}: {meaning}" for header, meaning in meanings.items())
    audit_record(action="statement.columns", words=words, actor=by)
    for header, meaning in meanings.items():
        StatementColumn.objects.update_or_create(
            header_key=header_key(header),
            defaults={"header": header[:160], "field": meaning.value, "created_by": by},
        )


@transaction.atomic
def statement_take(*, statement_id: int, by: User | None) -> BankStatement:
    """Record the rows of a statement; workers find whose they are. Taken twice, or at once by two people, it counts once.

    Raises TransfersRefused or TransferError, and then nothing is recorded.
    """
    statement = (
        BankStatement.objects.select_for_update(of=("self",)).select_related("account").get(pk=statement_id)
    )
    if statement.state == BankStatement.State.TAKEN:
        return statement
    read = _read_or_log(statement)
    new = transfers_record(
        account=statement.account,
        rows=read.rows,
        source=BankTransfer.Source.STATEMENT,
        statement=statement,
    )
    statement.state, statement.content = BankStatement.State.TAKEN, None
    statement.rows, statement.known_rows = len(read.rows), len(read.rows) - new
    statement.amount, statement.rows_left_out = read.amount, read.left_out
    statement.taken_by, statement.taken_at = by, timezone.now()
    statement.save()
    audit_record(action="statement.taken", subject=statement, actor=by)
    logger.info("statement %s was taken: %s rows, %s new", statement.pk, len(read.rows), new)
    return statement


@transaction.atomic
def statement_discard(*, statement_id: int, by: User | None) -> None:
    """Put an uploaded statement aside; its file is deleted. One that was taken stays."""
    discarded = BankStatement.objects.filter(pk=statement_id, state=BankStatement.State.UPLOADED).update(
        state=BankStatement.State.DISCARDED, content=None
    )
    if discarded:
        statement = BankStatement.objects.defer("content").get(pk=statement_id)
        audit_record(action="statement.discarded", subject=statement, actor=by)


def _read_or_log(statement: BankStatement) -> StatementRead:
    try:
        return statement_read(statement)
    except TransfersRefused as refused:
        logger.warning("statement %s is not taken for %s reasons", statement.pk, len(refused.problems))
        raise


def _live(account: ReceivingAccount, digest: str) -> BankStatement | None:
    live = BankStatement.objects.filter(account=account, digest=digest)
    return live.exclude(state=BankStatement.State.DISCARDED).first()


def _read(account: ReceivingAccount, file_name: str, content: bytes) -> StatementRead:
    return read_statement(
        name=file_name, content=content, account_number=account.number, remembered=remembered_columns()
    )
