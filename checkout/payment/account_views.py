"""Where a buyer names the bank account to which money goes back. The address was sent to the buyer and stands on no page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from checkout.order.links import order_number_of, order_path
from checkout.order.models import Order
from checkout.payment.bank_accounts import (
    amount_to_transfer,
    bank_account_ask,
    bank_account_give,
    bank_account_of,
)
from checkout.payment.errors import RefundNotPossible
from checkout.payment.forms import BankAccountForm
from checkout.payment.links import order_number_of_account


def _order_or_404(number: str | None) -> Order:
    order = Order.objects.filter(number=number).first() if number else None
    if order is None:
        raise Http404
    return order


@method_decorator(never_cache, name="dispatch")
class BankAccountView(View):
    """Asks for the account, shows the one that was named with its last digits only, and takes another."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(request, token, BankAccountForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        form = BankAccountForm(request.POST)
        if not form.is_valid():
            return self._page(request, token, form, status=422)
        order = _order_or_404(order_number_of_account(token))
        try:
            bank_account_give(order_id=order.pk, **form.cleaned_data)
        except RefundNotPossible:
            messages.warning(request, _("Nothing waits for an account any more."))
        else:
            messages.success(request, _("Thank you. We send the money there."))
        return redirect("payment:account", token=token)

    def _page(
        self, request: HttpRequest, token: str, form: BankAccountForm, *, status: int = 200
    ) -> HttpResponse:
        order = _order_or_404(order_number_of_account(token))
        context = {
            "order": order,
            "token": token,
            "form": form,
            "amount": amount_to_transfer(order),
            "account": bank_account_of(order),
            "order_path": order_path(order),
        }
        return render(request, "payment/account.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
class AccountLinkView(View):
    """Send the buyer the address of that page again, to the phone and mail given with the order: once an hour."""

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        order = _order_or_404(order_number_of(token))
        bank_account_ask(order, key=f"again-{timezone.now():%Y%m%d%H}")
        messages.success(request, _("We have sent you the link: please look at your messages and your mail."))
        return redirect(order_path(order))
