"""The basket's page, the one-tap add, and the count that public pages ask for."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from checkout.basket.contents import basket_contents, basket_count
from checkout.basket.errors import BasketError
from checkout.basket.models import Basket
from checkout.basket.services import basket_add, basket_line_set, basket_prices_accept
from checkout.bill import bill_for
from checkout.offer.errors import CodeUnknown, OfferError
from checkout.shipping.remembered import remembered_province
from checkout.voucher.services import LONGEST, code_enter, code_remove
from marketplace.clock import day_of
from marketplace.notices.personal import unread_count
from marketplace.origin import same_origin_form


def _basket(request: HttpRequest) -> Basket:
    basket: Basket = request.basket  # type: ignore[attr-defined]
    return basket


def _quantity(text: str | None) -> int | None:
    """Return a quantity as typed; None where it isn't a number."""
    try:
        return int(text or "")
    except ValueError:
        return None


@never_cache
@require_safe
def summary(request: HttpRequest) -> HttpResponse:
    """What lies in the basket, by producer, with what delivery would cost and what can't be bought any more."""
    return _summary(request)


def _summary(request: HttpRequest, *, code_problem: Any = "", status: int = 200) -> HttpResponse:
    """Show the basket. `code_problem` says why a code that was just typed wasn't taken."""
    contents = basket_contents(
        _basket(request),
        adult=request.is_adult,  # type: ignore[attr-defined]
        with_pictures=True,
    )
    province = remembered_province(request)
    bill = bill_for(contents, province=province, on=day_of(contents.at))
    response = render(
        request,
        "basket/summary.html",
        {
            "contents": contents,
            "bill": bill,
            "province": province,
            "tab": "basket",
            "code_problem": code_problem,
            "typed_code": request.POST.get("code", "")[:LONGEST],
        },
        status=status,
    )
    seen = {line.pk: line.price.now for line in contents.lines if line.price and line.price_before}
    if seen:
        basket_prices_accept(basket=_basket(request), prices=seen)
    return response


@same_origin_form
@never_cache
@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put packs into the basket: answers htmx with a fragment, and everybody else with the basket's page."""
    try:
        added = basket_add(
            basket=_basket(request),
            pack_id=pk,
            quantity=_quantity(request.POST.get("quantity")) or 1,
            adult=request.is_adult,  # type: ignore[attr-defined]
        )
    except BasketError as refused:
        if request.headers.get("HX-Request"):
            return render(request, "basket/_added.html", {"refused": refused.message})
        # The page of the goods is the same for everybody and shows nothing personal: the basket's page says why.
        messages.error(request, str(refused.message))
        return redirect("basket:summary")
    if request.headers.get("HX-Request"):
        response = render(request, "basket/_added.html", {"line": added.line, "cap_words": added.cap_words})
        response["HX-Trigger"] = "basket-changed"
        return response
    if added.is_capped:
        messages.warning(request, added.cap_words)
    else:
        messages.success(
            request, _("%(name)s is in your basket.") % {"name": added.line.product.parent.title}
        )
    return redirect("basket:summary")


@never_cache
@require_POST
def line_set(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a line's quantity, or take it out (`remove`)."""
    quantity = 0 if "remove" in request.POST else _quantity(request.POST.get("quantity"))
    if quantity is None:
        messages.error(request, _("Please write the quantity as a number."))
        return redirect("basket:summary")
    try:
        basket_line_set(basket=_basket(request), line_id=pk, quantity=quantity)
    except BasketError as refused:
        messages.error(request, str(refused.message))
    return redirect("basket:summary")


@never_cache
@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Put a code into the basket; the basket's page then says what it takes off, or what is missing."""
    basket = _basket(request)
    if basket.pk is None:
        return redirect("basket:summary")
    if not ratelimit.consume(request, action="voucher", key=str(basket.pk), dry_run=True):
        too_many = _("Too many wrong codes. Please wait an hour, then try once more.")
        return _summary(request, code_problem=too_many, status=429)
    try:
        entered = code_enter(basket=basket, typed=request.POST.get("code", ""))
    except (BasketError, OfferError) as refused:
        if isinstance(refused, CodeUnknown):  # a code that exists costs nobody a try
            ratelimit.consume(request, action="voucher", key=str(basket.pk))
        return _summary(request, code_problem=refused.message, status=422)
    if entered.replaced:
        messages.info(
            request,
            _("The code %(new)s takes the place of %(old)s: an order takes one code of a kind.")
            % {"new": entered.voucher.code, "old": entered.replaced.code},
        )
    return redirect(f"{reverse('basket:summary')}#codes")


@never_cache
@require_POST
def code_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a code out of the basket."""
    try:
        code_remove(basket=_basket(request), voucher_id=pk)
    except BasketError as refused:
        messages.error(request, str(refused.message))
    return redirect(f"{reverse('basket:summary')}#codes")


@never_cache
@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """How many packs lie in the basket: the small personal request of public pages, as text or as JSON.

    For whoever is signed in the text's header tells the page, too, how many notices are unread.
    """
    number = basket_count(_basket(request))
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"count": number})
    response = HttpResponse(str(number) if number else "", content_type="text/plain; charset=utf-8")
    if request.user.is_authenticated:
        trigger_client_event(response, "unread-notices", {"value": unread_count(request.user)})
    return response
