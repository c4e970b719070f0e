"""Who is told what of a talk. Each notice belongs to the transaction of the change it tells of."""

from typing import Any

from django.utils import translation

from catalogue.producers.contacts import producer_contacts
from checkout.aftersale.models import Side
from checkout.messages.links import talk_url, talk_work_url
from checkout.messages.models import Message
from checkout.messages.rules import Ground
from checkout.order.links import lookup_url
from marketplace.notices.services import notice_queue


def tell_message(message: Message) -> None:
    """Tell the other side that there is a message, and what it says."""
    if message.side == Side.BUYER:
        _tell_producer(message, "producer_message_new", key="new", text=message.text)
    else:
        _tell_buyer(message, "order_message", key="new", text=message.text)


def tell_hidden(message: Message, note: str) -> None:
    """Tell whoever wrote a message that the programme took it away, and on which ground."""
    if message.side == Side.PRODUCER:
        _tell_producer(message, "producer_message_hidden", key="hidden", note=note)
    else:
        _tell_buyer(message, "order_message_hidden", key="hidden", note=note)


def _tell_producer(message: Message, template: str, *, key: str, **context: Any) -> None:
    consignment = message.consignment
    for contact in producer_contacts(consignment.producer):
        notice_queue(
            key=f"message:{message.pk}:{key}:{contact.key}",
            template=template,
            language=contact.language,
            context={
                **context,
                "consignment_number": consignment.number,
                "ground": _ground(message, contact.language),
                "work_url": talk_work_url(consignment, language=contact.language),
            },
            email=contact.email,
            phone=contact.phone,
            person=contact.person,
            producer_id=consignment.producer_id,
        )


def _tell_buyer(message: Message, template: str, *, key: str, **context: Any) -> None:
    consignment, order = message.consignment, message.consignment.order
    notice_queue(
        key=f"message:{message.pk}:{key}:buyer",
        template=template,
        language=order.language,
        context={
            **context,
            "consignment_number": consignment.number,
            "producer": consignment.producer.name,
            "ground": _ground(message, order.language),
            "talk_url": talk_url(consignment),
            "lookup_url": lookup_url(order.language),
        },
        email=order.email,
        phone=order.phone,
        person=order.user,
    )


def _ground(message: Message, language: str) -> str:
    if not message.hidden_ground:
        return ""
    with translation.override(language):
        return str(Ground(message.hidden_ground).label)
