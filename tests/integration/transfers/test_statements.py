"""Statements of banks: read whatever their form, refused where they can't be trusted, counted once."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from checkout.order.models import Order, PaymentState
from checkout.payment.transfers.errors import ColumnsUnknown, TransfersRefused
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.models import BankStatement, BankTransfer, ReceivingAccount
from checkout.payment.transfers.services import transfers_match_due
from checkout.payment.transfers.statements.columns import Field
from checkout.payment.transfers.statements.outlook import statement_outlook
from checkout.payment.transfers.statements.reading import StatementRead, read_statement
from checkout.payment.transfers.statements.services import (
    remembered_columns,
    statement_columns_map,
    statement_discard,
    statement_read,
    statement_take,
    statement_upload,
)
from checkout.services import orders_expire_due
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.transfers import (
    account_in_use,
    csv_statement,
    mt940_statement,
    statement_table,
    xlsx_statement,
)
from tests.unit.transfers.test_cells import in_windows_1258

pytestmark = pytest.mark.django_db

ROWS = (
    ("30/11/2026 08:15:20", "FT1", 189_000, "Nguyễn Thị Hường thanh toán OC7K3M9QXD"),
    ("30/11/2026 09:00:00", "FT2", -500_000, "Chi hộ nhà sản xuất"),
    ("30/11/2026 10:30:00", "FT3", 2_050_000, "mua cà phê"),
)


@pytest.fixture
def account() -> ReceivingAccount:
    return account_in_use()


def read(content: bytes, name: str = "sao-ke.csv") -> StatementRead:
    return read_statement(name=name, content=content, account_number="0011004567890", remembered={})


def refusal(content: bytes) -> str:
    with pytest.raises(TransfersRefused) as refused:
        read(content)
    return str(refused.value)


def said(result: StatementRead) -> list[tuple[str, int, str]]:
    return [(row.reference, row.amount, row.memo) for row in result.rows]


EXPECTED = [
    ("FT1", 189_000, "Nguyễn Thị Hường thanh toán OC7K3M9QXD"),
    ("FT3", 2_050_000, "mua cà phê"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_with_every_separator(encoding: str, delimiter: str) -> None:
    result = read(csv_statement(statement_table(*ROWS), encoding=encoding, delimiter=delimiter))

    assert said(result) == EXPECTED
    assert (result.left_out, result.warnings, result.amount) == (1, [], 2_239_000)
    assert result.rows[0].booked_at.isoformat() == "2026-11-30T08:15:20+07:00"


def test_csv_in_windows_1258_is_read() -> None:
    text = csv_statement(statement_table(*ROWS)).decode()

    assert said(read(in_windows_1258(text))) == EXPECTED


def test_newest_first_is_read_as_well() -> None:
    table = statement_table(*ROWS)
    table[5:8] = reversed(table[5:8])

    assert said(read(csv_statement(table))) == EXPECTED[::-1]


def test_a_workbook_is_read() -> None:
    table: list[list[object]] = [list(line) for line in statement_table(*ROWS)]
    table[5][0], table[5][3] = date(2026, 11, 30), 189_000
    content = xlsx_statement(table)

    assert said(read(content, "sao-ke.xlsx")) == EXPECTED


def test_mt940_is_read() -> None:
    result = read(
        mt940_statement(
            ("C", 189_000, "FT1", "Nguyễn Thị Hường thanh toán OC7K3M9QXD"),
            ("D", 500_000, "FT2", "Chi hộ"),
            ("C", 2_050_000, "FT3", "mua cà phê"),
        )
    )

    assert said(result) == EXPECTED
    assert result.left_out == 1


def test_mt940_with_coded_parts_is_read() -> None:
    memo = "?20OC7K3M9Q?21XD CAM ON?310071001234567?32NGUYEN THI LAN"

    (row,) = read(mt940_statement(("C", 5_000, "FT1", memo))).rows

    assert (row.memo, row.payer_name, row.payer_account) == ("OC7K3M9QXD CAM ON", "N. T. LAN", "•••• 4567")


def test_signed_amounts_in_one_column_are_told_apart() -> None:
    table = [
        ["Ngày", "Mã giao dịch", "Số tiền", "Mô tả"],
        ["30/11/2026", "A1", "+189.000", "OC7K3M9QXD"],
        ["30/11/2026", "A2", "-50.000", "phí"],
    ]

    result = read(csv_statement(table))

    assert (said(result), result.left_out) == ([("A1", 189_000, "OC7K3M9QXD")], 1)


def test_a_negative_amount_among_money_that_came_in_is_left_out_and_said() -> None:
    table = [
        ["Ngày", "Mã giao dịch", "Ghi có", "Mô tả"],
        ["30/11/2026", "A1", "189.000", "OC7K3M9QXD"],
        ["30/11/2026", "A2", "-189.000", "Hủy giao dịch"],
    ]

    result = read(csv_statement(table))

    assert said(result) == [("A1", 189_000, "OC7K3M9QXD")]
    assert result.left_out == 1
    assert "189.000" in result.warnings[0]
    taken_back = read(mt940_statement(("C", 5_000, "FT1", "x"), ("RC", 5_000, "FT2", "y")))
    assert (len(taken_back.rows), len(taken_back.warnings)) == (1, 1)


WHOLE = csv_statement(statement_table(*ROWS))


@pytest.mark.parametrize(
    "content",
    [
        WHOLE[: WHOLE.index(b"2,050,000") + 3],
        WHOLE[: WHOLE.index("Nguyễn".encode()) + 5],
        csv_statement([line for line in statement_table(*ROWS) if "FT2" not in line]),
        csv_statement([line for line in statement_table(*ROWS) if "FT3" not in line]),
        mt940_statement(("C", 5_000, "FT1", "x"))[:-30],
        mt940_statement(("C", 5_000, "FT1", "x"), closing=9),
    ],
    ids=["in an amount", "in a letter", "a row within", "the last row", "mt940", "mt940 sums"],
)
def test_a_statement_that_is_cut_off_is_refused(content: bytes) -> None:
    assert refusal(content)


def test_changed_totals_are_refused() -> None:
    table = statement_table(*ROWS)
    table[-2][3] = "9,999"

    assert "9.999" in refusal(csv_statement(table))


@pytest.mark.parametrize(
    "content",
    [
        csv_statement(
            [[cell.replace("0011004567890", "0099") for cell in line] for line in statement_table(*ROWS)]
        ).replace(b"0099", b"00990099"),
        mt940_statement(("C", 5_000, "FT1", "x")).replace(b"0011004567890", b"00990099"),
    ],
)
def test_the_statement_of_another_account_is_refused(content: bytes) -> None:
    assert "00990099" in refusal(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"chi co chu",
        b"\x00\x01\x02\x03" * 10,
        b"PK\x03\x04 khong phai xlsx",
        "Ngày,Ghi có,Nội dung\n".encode(),
        "Ngày,Ghi có,Nội dung\n11/30/2026,1000,a\n".encode(),
        "Ngày,Ghi có,Nội dung\n30/11/2026,1.5,a\n".encode(),
        "Ngày,Ghi có,Ghi nợ,Nội dung\n30/11/2026,1000,1000,a\n".encode(),
        "Ngày,Ghi có,Nội dung\n30/11/2026,,a\n".encode(),
        mt940_statement(("C", 5_000, "FT1", "x")).replace(b"VND", b"USD"),
        b"x" * (5 * 1024 * 1024 + 1),
    ],
)
def test_nonsense_is_refused_in_words(content: bytes) -> None:
    assert refusal(content)


def test_one_reference_for_two_bookings_is_refused() -> None:
    twice = [ROWS[0], ("30/11/2026", "FT1", 7_000, "khác")]

    assert "FT1" in refusal(csv_statement(statement_table(*twice)))


def test_rows_without_reference_get_one_that_other_forms_of_the_file_agree_on() -> None:
    rows = [("30/11/2026 08:15", "", 1_000, "cà phê"), ("30/11/2026 08:15", "", 1_000, "cà phê")]
    by_time, by_day = (
        read(csv_statement(statement_table(*[(day, *row[1:]) for row in rows])))
        for day in ("30/11/2026 08:15", "30/11/2026")
    )

    references = [row.reference for row in by_time.rows]
    assert len(set(references)) == 2
    assert [row.reference for row in by_day.rows] == references


def test_a_file_that_is_no_statement_is_logged_and_leaves_nothing(
    account: ReceivingAccount, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(TransfersRefused):
        statement_upload(account=account, file_name="x.csv", content="明細".encode("shift_jis"), by=None)

    assert f"a statement of account {account.pk} is refused" in caplog.text
    assert not BankStatement.objects.exists()


def test_a_file_with_a_mistake_can_be_looked_at_but_not_taken(
    account: ReceivingAccount, caplog: pytest.LogCaptureFixture
) -> None:
    content = csv_statement([line for line in statement_table(*ROWS) if "FT2" not in line])
    statement = statement_upload(account=account, file_name="thieu.csv", content=content, by=None)

    with pytest.raises(TransfersRefused):
        statement_take(statement_id=statement.pk, by=None)

    statement.refresh_from_db()
    assert statement.state == BankStatement.State.UPLOADED
    assert not BankTransfer.objects.exists()
    assert f"statement {statement.pk} is not taken" in caplog.text


def test_unknown_columns_are_asked_for_and_remembered(account: ReceivingAccount) -> None:
    headers = ["Lúc", "Chứng từ", "Ra", "Vào", "Còn", "Lời nhắn"]
    content = csv_statement(statement_table(*ROWS, headers=headers))
    statement = statement_upload(account=account, file_name="la.csv", content=content, by=None)
    with pytest.raises(ColumnsUnknown) as unknown:
        statement_read(statement)
    assert [header for header, _meaning in unknown.value.columns] == headers

    meanings = dict(
        zip(
            headers,
            [Field.BOOKED_AT, Field.REFERENCE, Field.DEBIT, Field.CREDIT, Field.BALANCE, Field.MEMO],
            strict=True,
        )
    )
    statement_columns_map(meanings=meanings, by=None)

    assert said(statement_read(statement)) == EXPECTED
    assert remembered_columns()["luc"] == Field.BOOKED_AT


def awaiting() -> Order:
    return placed_order(sold_pack(), payment_method="transfer")


def statement_of(*rows: tuple[str, str, int, str], account: ReceivingAccount) -> BankStatement:
    content = csv_statement(statement_table(*rows))
    return statement_upload(account=account, file_name="sao-ke.csv", content=content, by=None)


def test_a_statement_that_is_taken_pays_orders_and_keeps_no_file(account: ReceivingAccount) -> None:
    order = awaiting()
    total = int(order.total_incl_tax)
    statement = statement_of(("30/11/2026", "FT1", total, memo_of(order.number)), *ROWS[1:], account=account)
    assert not BankTransfer.objects.exists()

    statement = statement_take(statement_id=statement.pk, by=None)
    transfers_match_due()

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert (statement.rows, statement.known_rows, statement.rows_left_out) == (2, 0, 1)
    assert (statement.amount, statement.content) == (total + 2_050_000, None)


def test_the_same_file_is_the_same_statement_and_the_same_rows_count_once(account: ReceivingAccount) -> None:
    order = awaiting()
    row = ("30/11/2026", "FT1", int(order.total_incl_tax), memo_of(order.number))
    first = statement_of(row, account=account)
    statement_take(statement_id=first.pk, by=None)
    transfers_match_due()

    again = statement_of(row, account=account)
    overlapping = statement_of(row, *ROWS[2:], account=account)
    statement_take(statement_id=again.pk, by=None)
    taken = statement_take(statement_id=overlapping.pk, by=None)
    transfers_match_due()

    assert again.pk == first.pk
    assert (taken.rows, taken.known_rows) == (2, 1)
    assert BankTransfer.objects.count() == 2
    order.refresh_from_db()
    assert (order.paid_amount, order.refunded_amount) == (int(order.total_incl_tax), 0)


def test_a_booking_that_is_told_of_again_with_another_amount_changes_nothing_and_is_said(
    account: ReceivingAccount, caplog: pytest.LogCaptureFixture
) -> None:
    order = awaiting()
    total = int(order.total_incl_tax)
    statement_take(
        statement_id=statement_of(("30/11/2026", "FT1", total, memo_of(order.number)), account=account).pk,
        by=None,
    )
    transfers_match_due()
    again = statement_of(("30/11/2026", "FT1", total + 50_000, memo_of(order.number)), account=account)

    [outlook] = statement_outlook(account, statement_read(again).rows)
    taken = statement_take(statement_id=again.pk, by=None)

    assert (outlook.kind, outlook.is_known, taken.known_rows) == ("bad", True, 1)
    assert BankTransfer.objects.get().amount == total
    assert "with another amount" in caplog.text


def test_the_outlook_says_of_late_money_what_becomes_of_it(account: ReceivingAccount) -> None:
    order = awaiting()
    Order.objects.update(payment_deadline=timezone.now() - timedelta(seconds=1))
    assert orders_expire_due() == 1
    row = ("30/11/2026", "FT1", int(order.total_incl_tax), memo_of(order.number))

    [outlook] = statement_outlook(account, read(csv_statement(statement_table(row))).rows)

    assert (outlook.kind, outlook.order_number) == ("wait", order.number)
    assert "trả lại" in str(outlook.words) or "hoàn" in str(outlook.words)


@pytest.mark.parametrize(
    "change",
    [
        (b":61:2611301130C", b":61:26113X1130C"),
        (b":61:2611301130C", b":61:2613301130C"),
        (b"C5000,00", b"C5000,50"),
        (b":60F:C261129VND1000000,", b":60F:C261129VND"),
        (b":62F:C261130VND", b":62F:C2611VND"),
    ],
)
def test_mt940_with_a_slip_is_refused_in_words(change: tuple[bytes, bytes]) -> None:
    content = mt940_statement(("C", 5_000, "FT1", "x"))
    assert change[0] in content

    assert refusal(content.replace(*change))


def test_a_statement_put_aside_leaves_nothing_and_can_come_again(account: ReceivingAccount) -> None:
    statement = statement_of(*ROWS, account=account)

    statement_discard(statement_id=statement.pk, by=None)

    statement.refresh_from_db()
    assert (statement.state, statement.content) == (BankStatement.State.DISCARDED, None)
    assert statement_of(*ROWS, account=account).pk != statement.pk


def test_the_outlook_says_what_each_row_would_do(account: ReceivingAccount) -> None:
    exact, halves, paid, other = awaiting(), awaiting(), awaiting(), awaiting()
    total = int(exact.total_incl_tax)
    statement_take(
        statement_id=statement_of(("29/11/2026", "FT0", total, memo_of(paid.number)), account=account).pk,
        by=None,
    )
    transfers_match_due()
    rows = read(
        csv_statement(
            statement_table(
                ("30/11/2026", "FT0", total, memo_of(paid.number)),
                ("30/11/2026", "FT1", total, memo_of(exact.number)),
                ("30/11/2026", "FT2", total, memo_of(exact.number)),
                ("30/11/2026", "FT3", total - 9_000, memo_of(halves.number)),
                ("30/11/2026", "FT4", 10_000, memo_of(halves.number)),
                ("30/11/2026", "FT5", 10_000, memo_of(paid.number)),
                ("30/11/2026", "FT6", 10_000, "cà phê"),
                ("30/11/2026", "FT7", total - 9_000, f"thu hộ {memo_of(other.number)}"),
                ("30/11/2026", "FT8", total, f"tiền trà {memo_of(other.number)}"),
            )
        )
    ).rows

    outlook = statement_outlook(account, rows)

    assert [(one.kind, one.is_known) for one in outlook] == [
        ("", True),
        ("good", False),
        ("wait", False),
        ("wait", False),
        ("good", False),
        ("wait", False),
        ("wait", False),
        ("wait", False),
        ("good", False),
    ]
    assert "9.000" in str(outlook[3].words)
    assert "1.000" in str(outlook[4].words)


@pytest.mark.parametrize("count", [1, 40])
def test_the_outlook_costs_as_many_queries_for_forty_rows_as_for_one(
    account: ReceivingAccount, count: int, django_assert_num_queries: object
) -> None:
    memo = memo_of(awaiting().number)
    rows = read(
        csv_statement(statement_table(*(("30/11/2026", f"F{at}", 1_000, memo) for at in range(count))))
    ).rows

    with django_assert_num_queries(3):  # type: ignore[operator]
        statement_outlook(account, rows)


def test_every_cut_of_a_file_is_refused_or_reads_only_whole_rows() -> None:
    """Wherever the download broke off: no amount is ever read in part."""
    amounts = {row[2] for row in ROWS}
    for end, _next in pairwise(range(0, len(WHOLE), 7)):
        try:
            result = read(WHOLE[:end])
        except TransfersRefused:
            continue
        assert {row.amount for row in result.rows} <= amounts
