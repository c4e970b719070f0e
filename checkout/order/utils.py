"""Oscar's order creator, as this shop needs it. Oscar finds it by its name; `checkout.services.place_order` alone calls it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from oscar.apps.order import utils as oscar_utils
from oscar.apps.order.signals import order_placed
from oscar.core.loading import get_model

from checkout.bill import Bill, LineBill, ParcelBill
from checkout.order.models import Consignment, ConsignmentEvent, Line, Order, ShippingAddress
from checkout.order.numbers import new_order_number

OrderDiscount: Any = get_model("order", "OrderDiscount")
OrderLineDiscount: Any = get_model("order", "OrderLineDiscount")
OrderDispatcher = oscar_utils.OrderDispatcher


class OrderNumberGenerator:
    """Numbers that can't be guessed, in the place of Oscar's `100000 + basket.id`."""

    def order_number(self, basket: Any) -> str:
        return new_order_number()


class OrderCreator(oscar_utils.OrderCreator):
    """Writes an order, its consignments, its lines and what each discount took off them: what was judged under lock, at this moment.

    Stock isn't touched here: Oscar's `allocate()` is unconditional. Nor are the uses of offers and codes counted, which Oscar reads, adds to
    and writes back: `checkout.reservations` and `checkout.offer.uses` do both by conditional update, in the same transaction.
    """

    def __init__(self, bill: Bill, address: Mapping[str, Any] | None = None) -> None:
        self.bill = bill
        #: Where it goes, as the fields of `ShippingAddress`; None where the buyer fetches everything.
        self.address = address
        self.consignments: list[Consignment] = []
        self.lines: list[Line] = []

    def place_order(
        self,
        basket: Any,
        total: Any,
        shipping_method: Any,
        shipping_charge: Any,
        user: Any = None,
        **fields: Any,
    ) -> Order:
        """Write the order; rows of a kind go in together, so that ten lines cost as many queries as one."""
        order: Order = self.create_order_model(
            user,
            basket,
            None,
            shipping_method,
            shipping_charge,
            None,
            total,
            new_order_number(),
            None,
            **fields,
        )
        self.consignments = self._consignments_create(order)
        billed = sorted(
            (
                (line, consignment)
                for part, consignment in zip(self.bill.parcels, self.consignments, strict=True)
                for line in part.lines
            ),
            key=lambda own: own[0].line.pk,
        )
        self.lines = Line.objects.bulk_create(
            _order_line(order, line, consignment) for line, consignment in billed
        )
        self._discounts_create(
            order, {own.line.pk: line for (own, _), line in zip(billed, self.lines, strict=True)}
        )
        order_placed.send(sender=self, order=order, user=user)
        return order

    def _consignments_create(self, order: Order) -> list[Consignment]:
        """Split the order: one consignment a producer, each with an address of its own."""
        addresses = {
            part.parcel.producer.pk: ShippingAddress(**self.address)
            for part in self.bill.parcels
            if self.address and not part.quote.is_pickup
        }
        ShippingAddress.objects.bulk_create(addresses.values())
        consignments = Consignment.objects.bulk_create(
            _consignment(order, place, part, addresses.get(part.parcel.producer.pk))
            for place, part in enumerate(self.bill.parcels, start=1)
        )
        ConsignmentEvent.objects.bulk_create(
            ConsignmentEvent(
                consignment=consignment,
                to_state=Consignment.State.PLACED,
                actor=order.user,
                actor_kind="buyer",
            )
            for consignment in consignments
        )
        return consignments

    def _discounts_create(self, order: Order, lines: dict[int, Line]) -> None:
        """Write what each offer took off in all, and off which line."""
        given = self.bill.discounts
        if not given:
            return
        rows = OrderDiscount.objects.bulk_create(
            OrderDiscount(
                order=order,
                category=OrderDiscount.SHIPPING if discount.offer.is_on_delivery else OrderDiscount.BASKET,
                offer_id=discount.offer.pk,
                offer_name=discount.offer.name,
                voucher_id=discount.voucher.pk if discount.voucher else None,
                voucher_code=discount.voucher.code if discount.voucher else "",
                frequency=1,
                amount=Decimal(discount.amount),
            )
            for discount in given
        )
        OrderLineDiscount.objects.bulk_create(
            OrderLineDiscount(line=lines[pk], order_discount=row, is_incl_tax=True, amount=Decimal(amount))
            for discount, row in zip(given, rows, strict=True)
            for pk, amount in discount.lines.items()
        )


def _consignment(order: Order, place: int, part: ParcelBill, address: ShippingAddress | None) -> Consignment:
    return Consignment(
        order=order,
        producer=part.parcel.producer,
        number=f"{order.number}-{place}",
        method=part.method,
        shipping_address=address,
        goods_total=part.goods_total,
        platform_discount=part.platform_discount,
        delivery_charge=part.charge,
        delivery_discount=part.delivery_discount,
        delivery_by_producer=part.quote.by_producer + part.delivery_by_producer,
        chargeable_weight=part.quote.chargeable_weight,
        pickup_point=part.quote.pickup_point,
        dispatch_until=part.quote.dispatch_until,
        delivery_from=part.quote.from_date,
        delivery_until=part.quote.until_date,
    )


def _order_line(order: Order, own: LineBill, consignment: Consignment) -> Line:
    """Return one line of an order. Oscar's price rows are left out: refunds count stored line totals, never unit prices."""
    content = own.line
    price, certificate, basket_line = content.price, content.decision.certificate, content.line
    if price is None or certificate is None:
        raise ValueError(f"basket line {basket_line.pk} was not found to be sold")
    before, total = Decimal(content.amount), Decimal(own.amount)
    producer = content.good.producer
    return Line(
        order=order,
        consignment=consignment,
        partner=producer,
        partner_name=producer.name[:128] if producer else "",
        partner_sku=basket_line.stockrecord.partner_sku,
        stockrecord=basket_line.stockrecord,
        product=content.pack,
        title=content.name[:255],
        pack_label=content.pack.title,
        upc=content.pack.upc,
        quantity=basket_line.quantity,
        line_price_incl_tax=total,
        line_price_excl_tax=total,
        line_price_before_discounts_incl_tax=before,
        line_price_before_discounts_excl_tax=before,
        producer_discount=own.by_producer,
        platform_discount=own.by_platform,
        unit_price_incl_tax=Decimal(price.now),
        unit_price_excl_tax=Decimal(price.now),
        num_allocated=basket_line.quantity,
        normal_price=price.normal,
        price_source=price.source,
        stars=certificate.stars,
        certificate_id=certificate.pk,
        certificate_number=(certificate.official_code or certificate.decision_number)[:60],
    )
