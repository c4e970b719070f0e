"""What a buyer sees who pays by transfer, or a producer that pays what it owes: where to, how much is still missing, and the code for the bank's app."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.safestring import SafeString, mark_safe

from catalogue.producers.models import Partner
from checkout.order.models import Order
from checkout.payment.transfers.accounts import is_practice, receiving_account
from checkout.payment.transfers.crediting import amount_kept
from checkout.payment.transfers.debts import debt_memo_of, debt_of
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.models import ReceivingAccount
from checkout.payment.transfers.vietqr import vietqr_payload, vietqr_png, vietqr_svg
from marketplace.money import round_dong


@dataclass(frozen=True, slots=True)
class TransferAsked:
    """The transfer that would complete an order, or pay a producer's debt. Amounts in đồng."""

    account: ReceivingAccount
    #: What is still missing, and what came already.
    amount: int
    received: int
    memo: str
    payload: str

    @property
    def picture(self) -> SafeString:
        """The VietQR code."""
        return mark_safe(vietqr_svg(self.payload))  # drawn here, from digits and plain letters


def transfer_asked(order: Order) -> TransferAsked | None:
    """Return what the buyer of an awaiting order is asked to transfer, or None where there is no account to pay to."""
    account = receiving_account()
    if account is None or not order.is_awaiting_payment:
        return None
    received = amount_kept(order)
    return _asked(account, round_dong(order.total_incl_tax) - received, memo_of(order.number), received)


def debt_asked(producer: Partner) -> TransferAsked | None:
    """Return the transfer that would pay what a producer owes, or None where it owes nothing or there is no account to pay to."""
    account, owed = receiving_account(), debt_of(producer)
    return _asked(account, owed, debt_memo_of(producer.pk)) if account and owed else None


def vietqr_download(asked: TransferAsked | None) -> HttpResponse:
    """Return the VietQR code as a picture to keep. Raises Http404 where nothing is asked for."""
    if asked is None:
        raise Http404
    response = HttpResponse(vietqr_png(asked.payload), content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="vietqr-{asked.memo}.png"'
    return response


def _asked(account: ReceivingAccount, amount: int, memo: str, received: int = 0) -> TransferAsked:
    payload = vietqr_payload(
        bank_bin=account.bank_bin, account_number=account.number, amount=amount, memo=memo
    )
    return TransferAsked(account=account, amount=amount, received=received, memo=memo, payload=payload)


def transfer_standing(order: Order) -> dict[str, Any]:
    """Return what the payment's page needs of an order that is paid by transfer."""
    asked = transfer_asked(order)
    return {
        "by_transfer": True,
        "transfer": asked,
        "can_practise": asked is not None and is_practice(asked.account),
        "mark_more": f"-{asked.received}" if asked else "",
    }
