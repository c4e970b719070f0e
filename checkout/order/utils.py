"""Oscar's order creator, as this shop needs it. Oscar finds it by its name; `checkout.services.place_order` alone calls it."""

from decimal import Decimal
from typing import Any

from oscar.apps.order import utils as oscar_utils

from checkout.basket.contents import ContentLine
from checkout.order.models import Line, Order
from checkout.order.numbers import new_order_number

OrderDispatcher = oscar_utils.OrderDispatcher


class OrderNumberGenerator:
    """Numbers that can't be guessed, in the place of Oscar's `100000 + basket.id`."""

    def order_number(self, basket: Any) -> str:
        return new_order_number()


class OrderCreator(oscar_utils.OrderCreator):
    """Writes an order and its lines, each line with price, stars and certificate as they are at this moment.

    Stock isn't touched here: Oscar's `allocate()` is unconditional. `checkout.reservations` reserves by conditional update, in the
    same transaction.
    """

    def __init__(self, contents: dict[int, ContentLine]) -> None:
        #: What was judged under lock, by basket line.
        self.contents = contents
        self.lines: list[Line] = []

    def place_order(self, basket: Any, *args: Any, **kwargs: Any) -> Order:
        """Write the order; the lines go in together, so that ten of them cost as many queries as one."""
        kwargs.setdefault("order_number", new_order_number())
        order: Order = super().place_order(basket, *args, **kwargs)
        Line.objects.bulk_create(self.lines)
        return order

    def create_line_models(
        self, order: Order, basket_line: Any, extra_line_fields: dict[str, Any] | None = None
    ) -> Line:
        """Prepare one line. Oscar's price rows are left out: refunds count stored line totals, never unit prices."""
        content = self.contents[basket_line.pk]
        price, certificate = content.price, content.decision.certificate
        if price is None or certificate is None:
            raise ValueError(f"basket line {basket_line.pk} was not found to be sold")
        total = Decimal(price.now * basket_line.quantity)
        producer = content.good.producer
        line = Line(
            order=order,
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
            line_price_before_discounts_incl_tax=total,
            line_price_before_discounts_excl_tax=total,
            unit_price_incl_tax=Decimal(price.now),
            unit_price_excl_tax=Decimal(price.now),
            num_allocated=basket_line.quantity,
            normal_price=price.normal,
            price_source=price.source,
            stars=certificate.stars,
            certificate_id=certificate.pk,
            certificate_number=(certificate.official_code or certificate.decision_number)[:60],
            **(extra_line_fields or {}),
        )
        self.lines.append(line)
        return line

    def update_stock_records(self, line: Any) -> None:
        """Leave the stock to the reservations."""
