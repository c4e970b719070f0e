"""Who is told what of a case. Each notice belongs to the transaction of the step it tells of."""

from typing import Any

from django.utils import translation

from catalogue.producers.contacts import producer_contacts
from checkout.aftersale.links import case_desk_url, case_url, case_work_url
from checkout.aftersale.models import Case, CaseEvent, Side
from checkout.order.links import lookup_url
from checkout.order.notices import pickup_address
from marketplace.accounts.models import StaffRole
from marketplace.accounts.roles import staff_of
from marketplace.notices.services import notice_queue

State = Case.State


def tell_case_opened(case: Case) -> None:
    """Tell the buyer that the case stands and until when an answer comes, and the producer that one is due."""
    _tell_buyer(case, "case_opened", key="opened", answer_until=case.answer_due_on)
    _tell_producer(case, "producer_case_new", key="new", answer_until=case.answer_due_on)


def tell_message(case: Case, event: CaseEvent) -> None:
    """Pass on what one side said to the others; the programme only where the case is with it."""
    if event.side != Side.BUYER:
        _tell_buyer(
            case,
            "case_message",
            key=f"message:{event.pk}",
            text=event.text,
            by_programme=event.side == Side.PROGRAMME,
        )
    if event.side != Side.PRODUCER:
        _tell_producer_news(case, "message", key=f"message:{event.pk}", text=event.text)
    if event.side != Side.PROGRAMME and case.state == State.ESCALATED:
        _tell_programme(case, "message", key=f"message:{event.pk}", text=event.text)


def tell_decided(case: Case, text: str, *, amount: int) -> None:
    """Tell the buyer what was decided (the case's state says it) and what goes back in đồng; the producer, where the programme decided."""
    consignment, key = case.consignment, f"decided:{case.state}:{case.decided_at:%Y%m%d%H%M%S}"
    _tell_buyer(
        case,
        "case_decided",
        key=key,
        state=case.state,
        text=text,
        amount=amount,
        by_programme=case.decided_by == Side.PROGRAMME,
        goods_until=case.goods_due_on if case.state == State.AWAITING_GOODS else None,
        return_address=pickup_address(consignment) if case.state == State.AWAITING_GOODS else "",
        appeal_until=case.appeal_until,
    )
    if case.decided_by == Side.PROGRAMME:
        _tell_producer_news(case, "decided", key=key, text=text, amount=amount)


def tell_escalated(case: Case, *, side: str) -> None:
    """Tell everybody that the programme has a case now; `side` brought it there."""
    _tell_buyer(
        case,
        "case_escalated",
        key=f"escalated:{case.answer_due_on}",
        answer_until=case.answer_due_on,
        is_late=side == Side.SYSTEM,
    )
    if side != Side.PRODUCER:
        _tell_producer_news(
            case,
            "escalated_late" if side == Side.SYSTEM else "escalated",
            key=f"escalated:{side}:{case.answer_due_on}",
        )
    _tell_programme(case, "escalated", key=f"escalated:{case.answer_due_on}")


def tell_goods_sent(case: Case, event: CaseEvent) -> None:
    """Tell the producer that goods are on their way back, and until when to confirm them."""
    _tell_producer_news(case, "goods_sent", key=f"sent:{event.pk}", text=case.goods_sent_how)


def tell_withdrawn(case: Case) -> None:
    """Tell the producer that nothing more is asked."""
    _tell_producer_news(case, "withdrawn", key="withdrawn")


def tell_lapsed(case: Case) -> None:
    """Tell both sides that the case ended because the goods were not sent back."""
    _tell_buyer(case, "case_lapsed", key="lapsed")
    _tell_producer_news(case, "lapsed", key="lapsed")


def _tell_buyer(case: Case, template: str, *, key: str, **context: Any) -> None:
    order = case.consignment.order
    with translation.override(order.language):
        reason = case.reason.words
    notice_queue(
        key=f"case:{case.pk}:{key}:buyer",
        template=template,
        language=order.language,
        context={
            "case_number": case.number,
            "case_url": case_url(case),
            "lookup_url": lookup_url(order.language),
            "producer": case.consignment.producer.name,
            "reason": reason,
            **context,
        },
        email=order.email,
        phone=order.phone,
        person=order.user,
    )


def _tell_producer(case: Case, template: str, *, key: str, **context: Any) -> None:
    for contact in producer_contacts(case.consignment.producer):
        with translation.override(contact.language):
            reason = case.reason.words
        notice_queue(
            key=f"case:{case.pk}:{key}:{contact.key}",
            template=template,
            language=contact.language,
            context={
                "case_number": case.number,
                "work_url": case_work_url(case, language=contact.language),
                "reason": reason,
                **context,
            },
            email=contact.email,
            phone=contact.phone,
            person=contact.person,
            producer_id=case.consignment.producer_id,
        )


def _tell_producer_news(case: Case, news: str, *, key: str, text: str = "", amount: int = 0) -> None:
    _tell_producer(
        case,
        "producer_case_news",
        key=key,
        news=news,
        text=text,
        amount=amount,
        state=case.state,
        answer_until=case.answer_due_on,
    )


def _tell_programme(case: Case, news: str, *, key: str, text: str = "") -> None:
    """Tell those who look after the producer's province."""
    commune = case.consignment.producer.commune
    province = commune.province_id if commune else None
    for person in staff_of(province, StaffRole.Role.ADMIN, StaffRole.Role.SUPPORT):
        language = person.preferred_language
        notice_queue(
            key=f"case:{case.pk}:{key}:staff:{person.pk}",
            template="staff_case_news",
            language=language,
            context={
                "case_number": case.number,
                "work_url": case_desk_url(case, language=language),
                "producer": case.consignment.producer.name,
                "news": news,
                "text": text,
                "answer_until": case.answer_due_on,
            },
            email=person.email,
            phone=person.phone,
            person=person,
        )
