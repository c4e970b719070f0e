"""How a buyer can pay: which ways there are, and for how long an order waits for each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.payment.gateways import gateway_for


@dataclass(frozen=True)
class PaymentMethod:
    """One way to pay. `code` stands on the order as `payment_method`."""

    code: str
    label: str | Promise
    hint: str | Promise
    #: The provider behind it; none: the money is handed over at the door.
    gateway: str | None
    #: For how long an order waits for the money; none: it is due on delivery and has no deadline.
    deadline: timedelta | None

    @property
    def is_paid_on_delivery(self) -> bool:
        """Return whether an order by this method is confirmed at once and paid at the door."""
        return self.gateway is None

    def deadline_from(self, moment: datetime | None = None) -> datetime | None:
        """Return until when an order placed at `moment` (now) may be paid, or None where it has no deadline."""
        return (moment or timezone.now()) + self.deadline if self.deadline else None

    def is_offered(self) -> bool:
        """Return whether this installation offers it at all."""
        return self.gateway is None or gateway_for(self.gateway).is_offered()


CASH: Final = PaymentMethod(
    code="cash",
    label=_("Cash on delivery"),
    hint=_("You pay the carrier when the goods arrive."),
    gateway=None,
    deadline=None,
)
CARD: Final = PaymentMethod(
    code="card",
    label=_("Card"),
    hint=_("Visa, Mastercard, JCB; you pay on Stripe's secure page."),
    gateway="stripe",
    deadline=timedelta(minutes=60),
)
TRANSFER: Final = PaymentMethod(
    code="transfer",
    label=_("Bank transfer"),
    hint=_("You scan a VietQR code with your bank's app; your goods are set aside for 48 hours."),
    gateway="transfer",
    deadline=timedelta(hours=48),
)
SANDBOX: Final = PaymentMethod(
    code="sandbox",
    label=_("Test payment"),
    hint=_("A practice provider: no real money moves."),
    gateway="sandbox",
    deadline=timedelta(minutes=60),
)

#: In the order in which they are shown.
METHODS: Final = (CASH, TRANSFER, CARD, SANDBOX)


def method_for(code: str) -> PaymentMethod:
    """Return the method with this code. Raises KeyError where there is none."""
    return {method.code: method for method in METHODS}[code]
