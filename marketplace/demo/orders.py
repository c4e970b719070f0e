"""Orders of the demonstration, placed and brought on by the same services as real ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from catalogue.models import Product
from catalogue.producers.models import Partner
from checkout.basket.contents import basket_contents
from checkout.basket.models import Basket
from checkout.basket.services import basket_add
from checkout.bill import bill_for
from checkout.order.models import Consignment, Order
from checkout.order.services import consignment_accept, consignment_pack
from checkout.payment.methods import method_for
from checkout.placement import Buyer, place_order
from checkout.shipping.carriers.base import TrackingNews
from checkout.shipping.carriers.models import Carrier, Shipment
from checkout.shipping.carriers.services import shipment_create
from checkout.shipping.carriers.tracking import tracking_apply_due, tracking_store
from checkout.shipping.models import PickupPoint
from checkout.shipping.pickup_points import points_for
from marketplace.accounts.models import User
from marketplace.clock import day_of
from marketplace.places.models import Commune

#: Made-up people beside the demonstration's own buyer: name, phone, commune (Đà Lạt, Hà Nội, Phú Quý), street.
PEOPLE: Final = [
    ("Trần Thị Mẫu", "+84900000011", "24781", "12 đường Mẫu"),
    ("Lê Văn Mẫu", "+84900000012", "00004", "Số 3 ngõ 4 phố Mẫu"),
    ("Phạm Thị Ví Dụ", "+84900000013", "23272", "Thôn Mẫu"),
    ("Hoàng Văn Ví Dụ", "+84900000014", "24781", "56 đường Mẫu"),
    ("Nguyễn Thị Thử", "+84900000015", "00004", "78 phố Mẫu"),
]


@dataclass(frozen=True)
class Somebody:
    """A buyer with an address."""

    buyer: Buyer
    commune: str
    street: str

    def address(self) -> dict[str, Any]:
        """Return the address as the checkout's form gives it."""
        return {
            "recipient_name": self.buyer.name,
            "phone": self.buyer.phone,
            "commune": Commune.objects.select_related("province").get(pk=self.commune),
            "street": self.street,
            "legacy_commune_code": "",
            "legacy_district_code": "",
            "note": "",
        }


def people(account: User) -> list[Somebody]:
    """Return the demonstration's buyer and then the made-up people."""
    own = Buyer(
        name=account.full_name, phone=str(account.phone), email=str(account.email or ""), user=account
    )
    return [
        Somebody(own, "24781", "12 đường Mẫu"),
        *(
            Somebody(Buyer(name=name, phone=phone), commune, street)
            for name, phone, commune, street in PEOPLE
        ),
    ]


def order_make(
    who: Somebody,
    packs: Sequence[tuple[Product, int]],
    *,
    payment_method: str = "cash",
    point: PickupPoint | None = None,
    invoice: Mapping[str, str] | None = None,
) -> Order:
    """Place an order for packs of one producer, as the checkout would: at the total that its page shows."""
    basket = Basket.objects.create(owner=who.buyer.user)
    for pack, quantity in packs:
        basket_add(basket=basket, pack_id=pack.pk, quantity=quantity, adult=False)
    fresh = Basket.objects.get(pk=basket.pk)
    address = who.address()
    producer: Partner = packs[0][0].parent.producer  # type: ignore[union-attr,assignment]
    points = {producer.pk: point.pk} if point else {}
    now = timezone.now()
    bill = bill_for(
        basket_contents(fresh, adult=False, at=now),
        province=address["commune"].province,
        commune=address["commune"],
        on=day_of(now),
        pickup_points=points_for(points),
        paid_on_delivery=method_for(payment_method).is_paid_on_delivery,
        phone=who.buyer.phone,
    )
    return place_order(
        basket_id=basket.pk,
        buyer=who.buyer,
        payment_method=payment_method,
        shown=bill.shown(),
        address=address,
        pickup_points=points,
        invoice=invoice,
    )


def parcel_of(order: Order) -> Consignment:
    """Return the one consignment of an order."""
    parcel: Consignment = order.consignments.get()
    return parcel


def pack_up(parcel: Consignment, *, by: User) -> Consignment:
    """Accept and pack a consignment."""
    consignment_accept(consignment_id=parcel.pk, actor=by)
    return consignment_pack(consignment_id=parcel.pk, actor=by)


def give(parcel: Consignment, carrier: Carrier, *, by: User) -> Shipment:
    """Pack a consignment and give it to a carrier."""
    return shipment_create(consignment_id=pack_up(parcel, by=by).pk, carrier=carrier, by=by)


def report(shipment: Shipment, kinds: Iterable[tuple[str, float, str]]) -> None:
    """Let the carrier report of a parcel: what, how many days before now, and where."""
    now = timezone.now()
    tracking_store(
        carrier=shipment.carrier,
        news=[
            TrackingNews(
                f"mau-{shipment.number}-{kind}", shipment.number, kind, now - timedelta(days=days), place
            )
            for kind, days, place in kinds
        ],
    )
    tracking_apply_due()
