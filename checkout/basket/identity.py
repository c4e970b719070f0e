"""Which basket is this visitor's: a guest's by a signed cookie, a person's by their account."""

from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse

from checkout.basket.models import Basket
from checkout.basket.services import basket_merge

_SIGNER = Signer(salt="checkout.basket")
COOKIE = settings.OSCAR_BASKET_COOKIE_OPEN


def basket_token(basket: Basket) -> str:
    """Return what stands for a basket in a cookie or a form; only its owner has it."""
    return _SIGNER.sign(str(basket.pk))


def basket_id_of(token: str) -> int | None:
    """Return the id of the basket that `token` stands for, or None where we didn't sign it."""
    try:
        return int(_SIGNER.unsign(token))
    except (BadSignature, ValueError):
        return None


def basket_for(request: HttpRequest) -> Basket:
    """Return the visitor's open basket, unsaved where there is none yet.

    A guest who signed in finds the guest's goods in the account's basket.
    """
    guest_basket = _guest_basket(request)
    user: Any = request.user
    if not user.is_authenticated:
        return guest_basket or Basket()
    own = _own_basket(user)
    if guest_basket is None:
        return own or Basket(owner=user)
    if own is None:
        Basket.objects.filter(pk=guest_basket.pk, status=Basket.OPEN).update(owner=user)
        guest_basket.owner = user
        return guest_basket
    basket_merge(into=own, other=guest_basket)
    return own


def remember_basket(request: HttpRequest, response: HttpResponse, basket: Basket) -> None:
    """Keep a guest's basket in the cookie; forget a cookie whose basket has gone into an account's.

    The cookie of a basket that became an order stays until the next one is begun: unpaid in time, the basket opens again.
    """
    known = request.COOKIES.get(COOKIE)
    if basket.pk and basket.owner_id is None:
        token = basket_token(basket)
        if token != known:
            response.set_cookie(
                COOKIE,
                token,
                max_age=settings.OSCAR_BASKET_COOKIE_LIFETIME,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure(),
            )
    elif known and (basket.owner_id is not None or basket_id_of(known) is None):
        response.delete_cookie(COOKIE, samesite="Lax")


def _guest_basket(request: HttpRequest) -> Basket | None:
    token = request.COOKIES.get(COOKIE)
    pk = basket_id_of(token) if token else None
    return Basket.open.filter(pk=pk, owner=None).first() if pk else None


def _own_basket(user: Any) -> Basket | None:
    """Return an account's open basket. A second one, open again because its order was not paid, is brought into it."""
    own: list[Basket] = list(Basket.open.filter(owner=user).order_by("pk"))
    for other in own[1:]:
        basket_merge(into=own[0], other=other)
    return own[0] if own else None
