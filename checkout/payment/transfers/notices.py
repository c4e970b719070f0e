"""What buyers are told of their transfers, beside what every payment tells."""

from urllib.parse import urljoin

from django.conf import settings
from django.utils import translation

from checkout.order.links import order_url
from checkout.order.models import Order
from checkout.payment.links import payment_page_path
from marketplace.notices.services import notice_queue


def tell_short(order: Order, *, transfer_id: int, amount: int, missing: int) -> None:
    """Tell the buyer that `amount` (đồng) came, how much is missing, and until when it can be sent."""
    with translation.override(order.language):
        payment_url = urljoin(settings.SITE_URL, payment_page_path(order))
    notice_queue(
        key=f"transfer-short:{transfer_id}",
        template="transfer_short",
        language=order.language,
        context={
            "order_number": order.number,
            "order_url": order_url(order),
            "payment_url": payment_url,
            "amount": amount,
            "missing": missing,
            "deadline": order.payment_deadline,
        },
        email=order.email,
        phone=order.phone,
        person=order.user,
    )
