"""The checkout: one page of clear steps. Views read the form and hand over to `checkout.services`."""

import logging
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View
from django_htmx.http import HttpResponseClientRedirect

from checkout.basket.contents import Contents, basket_contents
from checkout.basket.identity import basket_id_of, basket_token
from checkout.basket.models import Basket
from checkout.bill import Bill, bill_for
from checkout.errors import BasketEmpty, OrderRefused
from checkout.forms import CheckoutForm
from checkout.order.links import order_path
from checkout.order.models import Order, PaymentState
from checkout.payment.errors import PaymentError
from checkout.payment.links import payment_page_path, payment_urls
from checkout.payment.offers import offers_for
from checkout.payment.services import payment_start
from checkout.safety.traces import Origin, origin_of, remember_device
from checkout.services import Buyer, place_order
from checkout.shipping.pickup_points import points_for, points_of
from checkout.shipping.remembered import remember_province, remembered_province
from marketplace.address.models import UserAddress
from marketplace.address.phones import format_phone, parse_phone
from marketplace.clock import day_of
from marketplace.places.models import Province

logger = logging.getLogger(__name__)


@method_decorator(never_cache, name="dispatch")
class CheckoutView(View):
    """The page, what changes on it, and the order."""

    template_name = "checkout/checkout.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        contents = _contents(request)
        if not contents.can_be_ordered:
            return redirect("basket:summary")
        form = CheckoutForm(**_form_parts(request, contents), **_first_values(request))
        return self._page(request, contents, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        if request.headers.get("HX-Request") and isinstance(response, HttpResponseRedirect):
            # A plain redirect is followed by the script, and a whole page would come to stand in the place of the total.
            return HttpResponseClientRedirect(response.url)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        placed = _placed_before(request)
        if placed is not None:
            return _go_on(request, placed)
        contents = _contents(request)
        if not contents.can_be_ordered:
            messages.warning(request, _("Something in your basket has changed: please look through it."))
            return redirect("basket:summary")
        form = CheckoutForm(request.POST, **_form_parts(request, contents))
        if "refresh" in request.POST or request.headers.get("HX-Request"):
            return self._page(request, contents, _unchecked(request, contents), refreshed=True)
        if not form.is_valid():
            return self._page(request, contents, form, status=422)
        if not ratelimit.consume(request, action="checkout", key=form.cleaned_data["phone"]):
            too_many = [_("Too many orders in a short time. Please wait a while, or call us.")]
            return self._page(request, contents, form, refused=too_many, status=429)
        origin = origin_of(request)
        try:
            order = place_order(
                basket_id=request.basket.pk,  # type: ignore[attr-defined]
                buyer=_buyer(request, form, origin),
                payment_method=form.cleaned_data["payment_method"],
                shown=request.POST.get("shown", ""),
                address=form.address(),
                pickups=form.pickups,
                pickup_points=form.pickup_points,
                invoice=form.invoice(),
            )
        except BasketEmpty:
            return redirect("basket:summary")
        except OrderRefused as refused:
            reasons = "; ".join(map(str, refused.reasons))
            logger.info("basket %s is not ordered: %s", request.basket.pk, reasons)  # type: ignore[attr-defined]
            request.basket.reset_offer_applications()  # type: ignore[attr-defined]
            return self._page(request, _contents(request), form, refused=refused.reasons, status=409)
        response = _go_on(request, order)
        remember_device(request, response, origin)
        if form.cleaned_data.get("province"):
            remember_province(request, response, form.cleaned_data["province"])
        return response

    def _page(
        self,
        request: HttpRequest,
        contents: Contents,
        form: CheckoutForm,
        *,
        refused: list[Any] | None = None,
        refreshed: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        """Show the page, or only its total where htmx asks for that."""
        if not contents.can_be_ordered:
            for reason in refused or []:
                messages.warning(request, str(reason))
            return redirect("basket:summary")
        bill = _bill(contents, form)
        only_total = refreshed and request.headers.get("HX-Request")
        return render(
            request,
            "checkout/_total.html" if only_total else self.template_name,
            {
                "contents": contents,
                "form": form,
                "bill": bill,
                "refused": refused,
                "refreshed": refreshed,
                "has_destination": bool(form.province_code) or not form.needs_address,
                "basket_token": basket_token(request.basket),  # type: ignore[attr-defined]
                "tab": "basket",
            },
            status=status,
        )


def _contents(request: HttpRequest) -> Contents:
    basket: Basket = request.basket  # type: ignore[attr-defined]
    return basket_contents(basket, adult=request.is_adult)  # type: ignore[attr-defined]


def _form_parts(request: HttpRequest, contents: Contents) -> dict[str, Any]:
    offers = offers_for(
        [line.line for line in contents.lines], total=contents.goods_total, phone=_phone_so_far(request)
    )
    points = points_of(parcel.producer.pk for parcel in contents.parcels)
    return {"contents": contents, "offers": offers, "points": points}


def _phone_so_far(request: HttpRequest) -> str:
    """Return the phone number that was typed, else the account's, in E.164; empty where there is none yet."""
    typed = request.POST.get("phone", "")
    if not typed:
        return str(getattr(request.user, "phone", "") or "")
    try:
        return parse_phone(typed)
    except ValidationError:
        return ""


def _first_values(request: HttpRequest) -> dict[str, Any]:
    """Return what the form begins with: the default address of an account, else the remembered province."""
    province = remembered_province(request)
    user: Any = request.user
    if not user.is_authenticated:
        return {"initial": {"province": province}}
    initial = {"email": user.email or ""}
    address = UserAddress.objects.filter(user=user).select_related("commune__province").first()
    if address is not None:
        return {"instance": address, "initial": initial}
    return {
        "initial": {
            **initial,
            "recipient_name": user.full_name,
            "phone": format_phone(user.phone) if user.phone else "",
            "province": province,
        }
    }


def _unchecked(request: HttpRequest, contents: Contents) -> CheckoutForm:
    """Return the form as typed, without errors: whoever only wants to see the total isn't scolded for what is still missing."""
    form = CheckoutForm(request.POST, **_form_parts(request, contents))
    form.forget_errors()
    return form


def _bill(contents: Contents, form: CheckoutForm) -> Bill:
    """Return the bill for what is chosen so far."""
    province = Province.objects.filter(code=form.province_code).first() if form.province_code else None
    method = form.chosen_method
    return bill_for(
        contents,
        province=province,
        commune=form.commune_so_far() if form.needs_address else None,
        on=day_of(contents.at),
        pickups=form.pickups,
        pickup_points=points_for(form.pickup_points),
        paid_on_delivery=method is not None and method.is_paid_on_delivery,
        phone=form.known_phone,
    )


def _buyer(request: HttpRequest, form: CheckoutForm, origin: Origin) -> Buyer:
    user: Any = request.user
    confirmed = form.cleaned_data.get("age_confirmed", False)
    return Buyer(
        name=form.cleaned_data["recipient_name"],
        phone=form.cleaned_data["phone"],
        email=form.cleaned_data["email"],
        user=user if user.is_authenticated else None,
        language=(get_language() or "vi")[:2],
        is_adult=bool(request.is_adult and confirmed),  # type: ignore[attr-defined]
        origin=origin,
    )


def _placed_before(request: HttpRequest) -> Order | None:
    """Return the order that this very form has placed already: a second tap arrives when the basket is an order."""
    pk = basket_id_of(request.POST.get("basket", ""))
    if pk is None or pk == request.basket.pk:  # type: ignore[attr-defined]
        return None
    orders = Order.objects.filter(basket=pk, cancelled_at=None).exclude(payment_state=PaymentState.EXPIRED)
    return orders.first()


def _go_on(request: HttpRequest, order: Order) -> HttpResponse:
    """Send the buyer to the provider where there is one to pay at, else to the order's page."""
    if not order.is_awaiting_payment:
        return redirect(order_path(order))
    try:
        payment = payment_start(order_id=order.pk, urls=payment_urls(request, order))
    except PaymentError as error:
        messages.error(request, str(error.message))
        return redirect(payment_page_path(order))
    return HttpResponseRedirect(payment.redirect_url)
