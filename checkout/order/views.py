"""An order's page for the buyer: by signed address, or by number and phone. Nobody has to sign in."""

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from checkout.aftersale.selectors import order_aftersale
from checkout.basket.errors import BasketError
from checkout.basket.services import basket_add
from checkout.errors import ChangeNotAllowed
from checkout.messages.selectors import talks_of_order
from checkout.order.forms import OrderLookupForm
from checkout.order.links import order_path
from checkout.order.models import Order
from checkout.order.numbers import read_order_number
from checkout.order.selectors import order_by_token, order_view
from checkout.payment.bank_accounts import amount_to_transfer, bank_account_of
from checkout.payment.links import payment_page_path
from checkout.payment.methods import method_for
from checkout.services import order_cancel


def _order_or_404(token: str) -> Order:
    order = order_by_token(token)
    if order is None:
        raise Http404
    return order


@method_decorator(never_cache, name="dispatch")
class OrderView(View):
    """What was ordered, where each consignment is, and what can still be done."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        order = _order_or_404(token)
        money_back = amount_to_transfer(order)
        return render(
            request,
            "order/detail.html",
            {
                "order": order,
                "view": order_view(order),
                "token": token,
                "method": method_for(order.payment_method),
                "payment_url": payment_page_path(order),
                "money_back": money_back,
                "bank_account": bank_account_of(order) if money_back else None,
                "aftersale": order_aftersale(order),
                "talks": talks_of_order(order),
            },
        )


@method_decorator(never_cache, name="dispatch")
class OrderCancelView(View):
    """Cancel the whole order, as long as nothing is packed."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return render(request, "order/cancel.html", {"order": _order_or_404(token), "token": token})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        order = _order_or_404(token)
        actor = request.user if request.user.is_authenticated else None
        try:
            order_cancel(order_id=order.pk, actor=actor, reason=request.POST.get("reason", "").strip()[:200])
        except ChangeNotAllowed as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, _("The order is cancelled."))
        return redirect(order_path(order))


@method_decorator(never_cache, name="dispatch")
class OrderAgainView(View):
    """Put the goods of an order into the basket again, as far as they are sold."""

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        order = _order_or_404(token)
        for line in order.lines.all():
            if line.product_id is None:
                continue
            try:
                added = basket_add(
                    basket=request.basket,  # type: ignore[attr-defined]
                    pack_id=line.product_id,
                    quantity=line.quantity,
                    adult=request.is_adult,  # type: ignore[attr-defined]
                )
            except BasketError as refused:
                messages.warning(request, f"{line.title}: {refused.message}")
            else:
                if added.is_capped:
                    messages.warning(request, added.cap_words)
        return redirect("basket:summary")


@method_decorator(never_cache, name="dispatch")
class OrderLookupView(View):
    """Find an order by its number and phone; a few tries an hour."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "order/lookup.html", {"form": OrderLookupForm(use_required_attribute=False)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OrderLookupForm(request.POST, use_required_attribute=False)
        typed = request.POST.get("number", "")[:40]
        number = read_order_number(typed) or typed
        if not ratelimit.consume(request, action="order_lookup", key=number):
            context = {"form": form, "too_many": True}
            return render(request, "order/lookup.html", context, status=429)
        if form.is_valid():
            return redirect(order_path(form.order))
        return render(request, "order/lookup.html", {"form": form}, status=422)
