"""What stands for an order in an address: its number, signed, so that a guest needs no account and nobody guesses one."""

from django.core.signing import BadSignature, Signer

from checkout.order.models import Order


class _ShortSigner(Signer):
    """Signs with 120 bits, still nothing to guess: so that the address fits a text message."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        return super().signature(value, key)[:20]


class OrderTokens:
    """Tokens for one purpose: those for the order's page open no other page."""

    def __init__(self, salt: str, *, short: bool = False) -> None:
        self._signer = (_ShortSigner if short else Signer)(sep=".", salt=salt)

    def token(self, order: Order) -> str:
        """Return what stands for `order`; the same every time."""
        return self._signer.sign(order.number)

    def number_of(self, token: str) -> str | None:
        """Return the number of the order that `token` stands for, or None where we didn't sign it."""
        try:
            return self._signer.unsign(token)
        except BadSignature:
            return None
