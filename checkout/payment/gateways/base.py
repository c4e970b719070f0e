"""The port to payment providers (decision 4 of the architecture).

A provider takes the buyer's money on its own page and tells us of it by webhooks. An adapter translates and knows nothing of orders; what an
event means for an order is decided in `checkout.payment.events`, the same for every provider.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.http import HttpRequest

from checkout.payment.models import Payment


class EventMeaning(StrEnum):
    """What a provider's event means to the shop."""

    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    #: A refund of the provider's: ours, or made by hand in its own back office.
    REFUNDED = "refunded"
    #: So much of a payment has gone back in all; by which refunds, the provider has to be asked.
    REFUNDS_CHANGED = "refunds_changed"
    REFUND_FAILED = "refund_failed"
    #: The buyer's bank asks the money back, or has decided about it.
    DISPUTED = "disputed"
    #: Signed, but of another account than ours.
    NOT_OURS = "not_ours"
    #: True and of no consequence here.
    NOTHING = "nothing"


@dataclass(frozen=True)
class BillLine:
    """One line of what the buyer pays: `amount` is its total in đồng after every discount."""

    name: str
    amount: int


@dataclass(frozen=True)
class PaymentUrls:
    """Absolute addresses that a provider is given. The first two are pages that only read."""

    success: str
    cancel: str
    webhook: str


@dataclass(frozen=True)
class StartedPayment:
    """A payment that the provider knows of."""

    reference: str
    redirect_url: str
    expires_at: datetime


@dataclass(frozen=True)
class GatewayEvent:
    """A verified event, reduced to what the shop needs; nothing of the person who paid.

    `reference` is the provider's name of the attempt, `order_number` and `payment_id` are our own, given at the start; `amount` is in đồng.
    """

    event_id: str
    kind: str
    meaning: EventMeaning
    reference: str = ""
    order_number: str = ""
    payment_id: int | None = None
    amount: int | None = None
    capture_reference: str = ""
    refund_reference: str = ""
    #: Our own key of a refund, where we asked for it.
    refund_key: str = ""
    dispute_reference: str = ""
    dispute_state: str = ""
    dispute_reason: str = ""
    #: Until when a dispute wants an answer (ISO 8601); empty: no more.
    answer_by: str = ""


@dataclass(frozen=True)
class ProviderRefund:
    """A refund as its provider knows it; `amount` in đồng."""

    reference: str
    amount: int
    key: str
    has_failed: bool


class Gateway(ABC):
    """One provider."""

    code: str
    #: Whether it sends money back when told to. Otherwise a refund waits to be paid out by bank transfer.
    sends_refunds: bool = True
    #: For how long the provider takes money at least; an order with less time left gets that much once.
    shortest: timedelta | None = None
    #: The largest sum (đồng) that the provider takes.
    most: int | None = None

    @abstractmethod
    def is_offered(self) -> bool:
        """Return whether this installation has what the provider needs."""

    @abstractmethod
    def start(
        self, *, payment: Payment, lines: Sequence[BillLine], urls: PaymentUrls, language: str
    ) -> StartedPayment:
        """Tell the provider of a payment and return where to send the buyer.

        Starting the same payment again returns the same attempt. Raises GatewayUnavailable or GatewayRefused.
        """

    @abstractmethod
    def read_event(self, request: HttpRequest) -> GatewayEvent:
        """Return the event that `request` carries. Raises InvalidWebhook unless the provider signed it just now."""

    @abstractmethod
    def refund(self, *, payment: Payment, amount: int, idempotency_key: str) -> str:
        """Send `amount` (đồng) of `payment` back and return the provider's name of the refund.

        The same key sends money once, however often it is called. Raises GatewayUnavailable or GatewayRefused.
        """

    def refunds_of(self, payment: Payment) -> list[ProviderRefund]:
        """Return the refunds of `payment` that the provider knows of. Raises GatewayUnavailable or GatewayRefused."""
        return []

    def close(self, payment: Payment) -> None:  # noqa: B027 (a provider may have nothing to close)
        """Have the provider take no more money for a payment under way; closing what is over changes nothing.

        Raises GatewayUnavailable. Money that comes all the same is late money, which the order deals with.
        """
