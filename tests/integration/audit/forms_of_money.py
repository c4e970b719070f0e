"""What the forms of money, delivery and what comes after a sale need before they work: a history, and what is typed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from checkout.order.models import Consignment, Order
from checkout.order.services import (
    consignment_accept,
    consignment_pack,
    consignment_return,
    consignment_ship,
)
from checkout.payment.transfers.accounts import receiving_account_enter
from checkout.payment.transfers.models import BankStatement
from checkout.payment.transfers.services import transfer_return
from checkout.payment.transfers.statements.services import statement_upload
from checkout.settlement.payouts.bank_file import file_digest
from checkout.settlement.payouts.batches import payouts_to_send
from checkout.settlement.payouts.holds import payouts_release
from checkout.settlement.payouts.models import Payout, PayoutBatch, PayoutHold, ResultFile
from checkout.settlement.payouts.results import result_apply
from checkout.settlement.rates.models import TaxKind
from checkout.shipping.models import DeliveryTariff, Zone
from checkout.shipping.tariff_files import tariff_workbook
from marketplace.clock import today
from tests.factories.carriers import make_shipment
from tests.factories.catalogue import ProductSetFactory, sold_pack
from tests.factories.orders import placed_order
from tests.factories.payouts import answer, batch_of, earned, finance, refund_to_transfer
from tests.factories.settlement import credit_left, deliver, owing
from tests.factories.transfers import account_in_use, csv_statement, money_comes, statement_table
from tests.integration.dashboard.test_access import Scene

Form = Callable[[Scene], dict[str, Any]]
TOMORROW = today() + timedelta(days=1)


def tariff_form(*known: int) -> dict[str, Any]:
    form = {
        "volume_divisor": 5, "assumed_pack_weight": 700, "cod_charge": 0, "rates-TOTAL_FORMS": 3,
        "rates-INITIAL_FORMS": len(known), "rates-MIN_NUM_FORMS": 3, "rates-MAX_NUM_FORMS": 3,
        **{f"rates-{at}-id": pk for at, pk in enumerate(known)},
    }  # fmt: skip
    for at, zone in enumerate(Zone.values):
        line = {
            "zone": zone, "first_weight": 500, "first_charge": 20_000, "step_weight": 500, "step_charge": 5_000,
            "days_min": 1, "days_max": 3,
        }  # fmt: skip
        form |= {f"rates-{at}-{name}": value for name, value in line.items()}
    return form


def _tariff_as_it_is(shop: Scene) -> dict[str, Any]:
    rates = DeliveryTariff.objects.get(pk=shop.pks["tariff"]).rates
    return tariff_form(*rates.order_by("pk").values_list("pk", flat=True))


def _tariff_file(shop: Scene) -> dict[str, Any]:
    workbook = tariff_workbook(DeliveryTariff.objects.get(producer=None))
    return {"file": SimpleUploadedFile("bang.xlsx", workbook), "valid_from": today()}


def _named_commune(shop: Scene) -> dict[str, Any]:
    return {"commune": shop.producer.commune.name}


def _csv(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("tep.csv", "\n".join(lines).encode())


def _tracking_file(shop: Scene) -> dict[str, Any]:
    shipment = make_shipment()
    at = (timezone.localtime() - timedelta(hours=1)).strftime("%d/%m/%Y %H:%M")
    file = _csv("Mã vận đơn,Trạng thái,Thời điểm", f"{shipment.number},Đã giao,{at}")
    return {"carrier": shipment.carrier_id, "file": file}


def _cash_file(shop: Scene) -> dict[str, Any]:
    shipment = make_shipment()
    Consignment.objects.filter(pk=shipment.consignment_id).update(state="shipped")
    file = _csv("Mã vận đơn,Đã thu,Đã nộp", f"{shipment.number},{shipment.cash},{shipment.cash}")
    return {"carrier": shipment.carrier_id, "file": file}


def _come_back(shop: Scene) -> None:
    for step in (consignment_accept, consignment_pack, consignment_ship, consignment_return):
        step(consignment_id=shop.consignment.pk)


def _good_packs(shop: Scene) -> dict[str, Any]:
    return {f"line-{line.pk}": line.quantity for line in shop.consignment.lines.all()}


def _provider_report(shop: Scene) -> dict[str, Any]:
    moment = timezone.now().strftime("%Y-%m-%d %H:%M:%S")
    header = "balance_transaction_id,created_utc,currency,gross,fee,reporting_category"
    return {"provider": "sandbox", "report": _csv(header, f"txn_1,{moment},vnd,-500,0,fee")}


def _withholding(shop: Scene) -> dict[str, Any]:
    rates = {f"{tax}_{kind}": "1" for tax in ("vat", "pit") for kind in TaxKind.values}
    return {"law": "Luật mới", "valid_from": TOMORROW, **rates}


def _let_go_on(shop: Scene) -> None:
    payouts_release(hold=PayoutHold.objects.get(released_at=None), reason="Xong", by=finance())


def _let_go_on_and_earn(shop: Scene) -> None:
    _let_go_on(shop)
    result_apply(result=ResultFile.objects.get(pk=shop.pks["payout-result"]), by=finance())
    earned(shop.producer, 2_000_000)  # it owes something of before


def _drafted(shop: Scene) -> PayoutBatch:
    return batch_of(refunds=[refund_to_transfer()])


def _drafted_batch(shop: Scene) -> dict[str, Any]:
    batch = _drafted(shop)
    return {"pk": batch.pk, "digest": file_digest(payouts_to_send(batch))}


def _drafted_payout(shop: Scene) -> dict[str, Any]:
    return {"pk": _drafted(shop).payouts.get().pk}


def _refused_by_the_bank(shop: Scene) -> dict[str, Any]:
    payout = Payout.objects.get(pk=shop.pks["payout-settle"])
    return {"file": SimpleUploadedFile("a.csv", answer((payout, "Thất bại", "Tài khoản đã đóng")))}


def _order_by_transfer() -> Order:
    return placed_order(sold_pack(), payment_method="transfer")


def _for_two_orders(shop: Scene) -> dict[str, Any]:
    orders = [_order_by_transfer() for _number in range(2)]
    came = money_comes(amount=sum(int(order.total_incl_tax) for order in orders))
    return {"pk": came.pk, "order_numbers": "\n".join(order.number for order in orders)}


def _read_twice(shop: Scene) -> dict[str, Any]:
    order = _order_by_transfer()
    money_comes(order, amount=50_000)
    return {"pk": money_comes(order, amount=50_000, source="webhook").pk}


def _going_back(shop: Scene) -> dict[str, Any]:
    return {"pk": transfer_return(transfer_id=shop.pks["transfer"], reason="Nhầm", by=None).pk}


def _statement(**how: Any) -> bytes:
    return csv_statement(statement_table(("30/11/2026", "FT7", 1_000, "trà"), **how))


def _strange_columns(shop: Scene) -> dict[str, Any]:
    headers = ["Lúc", "Chứng từ", "Ra", "Vào", "Còn", "Lời nhắn"]
    kept: BankStatement = statement_upload(
        account=account_in_use(), file_name="la.csv", content=_statement(headers=headers), by=None
    )
    meanings = ("booked_at", "reference", "debit", "credit", "balance", "memo")
    return {"pk": kept.pk, **{f"column_{place}": meaning for place, meaning in enumerate(meanings)}}


def _waiting_account(shop: Scene) -> dict[str, Any]:
    account = receiving_account_enter(bank_bin="970415", number="113366", holder="CHO OCOP", by=None)
    return {"pk": account.pk}


#: What a form needs beside `HARM`; `pk`: another row than the scene's.
ALSO: dict[str, Form] = {
    **dict.fromkeys(("tariff-new", "own-tariff-new", "own-tariff"), lambda shop: tariff_form()),
    "tariff": _tariff_as_it_is,
    **dict.fromkeys(("tariff-upload", "own-tariff-upload"), _tariff_file),
    **dict.fromkeys(("pickup-point-new", "pickup-point"), _named_commune),
    "carrier-new": lambda shop: {"code": "xe-nha", "adapter": "table"},
    "carrier": lambda shop: {"adapter": "table"},
    "tracking-file": _tracking_file,
    "cash-file": _cash_file,
    "own-parcels-action": lambda shop: {"action": "back", "parcel": shop.consignment.pk},
    "own-returned-goods": _good_packs,
    "provider-reports": _provider_report,
    **dict.fromkeys(
        ("commission-new", "commission"),
        lambda shop: {"rate": "5", "base": "goods", "valid_from": TOMORROW, "valid_until": ""},
    ),
    "withholding-new": _withholding,
    "withholding-set": lambda shop: {"product_set": ProductSetFactory().pk, "kind": "goods"},
    "cash-limit-new": lambda shop: {
        "valid_from": TOMORROW,
        "most_amount": 1_000_000,
        "refused_parcels": 2,
    },
    "dollar-rate-new": lambda shop: {"valid_from": TOMORROW, "dong": 26_000},
    "money-account": lambda shop: {"number": "123456789", "holder": shop.producer.name},
    "payout-batch-new": lambda shop: {"producer": shop.producer.pk},
    **dict.fromkeys(("payout-batch-approve", "payout-batch-cancel"), _drafted_batch),
    "payout-take-out": _drafted_payout,
    "payout-result-read": _refused_by_the_bank,
    "payout-terms-new": lambda shop: {"valid_from": TOMORROW},
    "order-goodwill": lambda shop: {"amount": "1.000", "borne_by": "platform", "seen": 0},
    "dispute": lambda shop: {"borne_by": "platform"},
    "transfer-split": _for_two_orders,
    "ledger-difference-refund": lambda shop: {"pk": credit_left().pk, "amount": 100_000},
    "withdrawn-by-phone": lambda shop: {"note": "Chị Hoa ở kho"},
    "transfer-debt": lambda shop: {"debtor": owing(200_000).pk},
    "transfer-match": lambda shop: {"order_number": _order_by_transfer().number},
    "transfer-same": _read_twice,
    "transfer-no-order": lambda shop: {"origin": "provider"},
    "transfer-returned": _going_back,
    "statements": lambda shop: {
        "account": account_in_use().pk,
        "file": SimpleUploadedFile("sao-ke.csv", _statement()),
    },
    "statement-columns": _strange_columns,
    "receiving-account-new": lambda shop: {"number": "113366"},
    "receiving-account-use": _waiting_account,
}

#: What has to be so before a form can work.
FIRST: dict[str, Callable[[Scene], Any]] = {
    "own-parcels-action": lambda shop: Consignment.objects.filter(pk=shop.consignment.pk).update(
        state="packed"
    ),
    "own-returned-goods": _come_back,
    "order-goodwill": lambda shop: deliver(shop.consignment),
    **dict.fromkeys(("money-ask", "payout-batch-new"), _let_go_on_and_earn),
    "payouts-hold": _let_go_on,
}
