"""Baskets and orders, made by the same services as real ones."""

from typing import Any

from django.utils import timezone

from catalogue.models import Product
from checkout.basket.contents import basket_contents
from checkout.basket.models import Basket
from checkout.basket.services import basket_add
from checkout.bill import bill_for
from checkout.order.models import Order
from checkout.payment.methods import method_for
from checkout.placement import Buyer, place_order
from marketplace.clock import day_of
from tests.factories.places import CommuneFactory

BUYER = Buyer(name="Nguyễn Thị Lan", phone="+84912345678", email="lan@example.vn")


def basket_with(*packs: Product, quantity: int = 1, adult: bool = False, **fields: Any) -> Basket:
    """Return an open basket with `quantity` of each pack."""
    basket = Basket.objects.create(**fields)
    for pack in packs:
        basket_add(basket=basket, pack_id=pack.pk, quantity=quantity, adult=adult)
    return basket


def address_values(**changed: Any) -> dict[str, Any]:
    """Return an address in Đà Lạt, as the form gives it."""
    return {
        "recipient_name": "Nguyễn Thị Lan",
        "phone": "+84912345678",
        "commune": CommuneFactory(),
        "street": "12 Trần Phú",
        "legacy_commune_code": "",
        "legacy_district_code": "",
        "note": "",
        **changed,
    }


def shown_for(
    basket: Basket,
    *,
    payment_method: str = "cash",
    pickups: frozenset[int] = frozenset(),
    adult: bool = False,
) -> str:
    """Return what the checkout page shows of a basket that goes to Đà Lạt."""
    now = timezone.now()
    fresh = Basket.objects.get(pk=basket.pk)
    bill = bill_for(
        basket_contents(fresh, adult=adult, at=now),
        province=CommuneFactory().province,  # type: ignore[arg-type]
        on=day_of(now),
        pickups=pickups,
        paid_on_delivery=method_for(payment_method).is_paid_on_delivery,
    )
    return bill.shown()


def placed_order(*packs: Product, quantity: int = 1, payment_method: str = "cash", **how: Any) -> Order:
    """Return an order for `quantity` of each pack."""
    basket = how.pop("basket", None) or basket_with(*packs, quantity=quantity)
    if "shown" not in how:
        how["shown"] = shown_for(
            basket, payment_method=payment_method, pickups=how.get("pickups", frozenset())
        )
    return place_order(
        basket_id=basket.pk,
        payment_method=payment_method,
        **{
            "buyer": BUYER,
            "address": address_values(),
            **how,
        },
    )
