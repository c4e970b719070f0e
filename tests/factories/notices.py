"""Notices for tests: to a member of a producer, to a buyer."""

from typing import Any

from catalogue.producers.models import Membership
from marketplace.accounts.models import User
from marketplace.notices.models import PersonalNotice
from marketplace.notices.services import notice_queue
from tests.factories.producers import MembershipFactory

WORK_URL = "http://localhost:8000/vi/quan-ly/p/1/orders/1/"
_CONTEXT: dict[str, Any] = {
    "consignment_number": "7K2M-Q4XP-1",
    "work_url": WORK_URL,
    "lines": [{"quantity": 3, "name": "Trà atiso", "amount": 450_000}],
    "amount": 480_000,
    "is_paid": True,
    "dispatch_until": "2026-12-01",
    "good": "Trà atiso",
    "stars": 5,
    "text": "Rất ngon",
    "producer": "HTX Sương",
    "account": "Vietcombank …6789",
    "holder": "HTX SUONG",
    "usable_from": "2026-12-01T00:00:00Z",
    "reason": "Kiểm tra",
    "order_number": "7K2M-Q4XP",
    "order_url": "http://localhost:8000/vi/don-hang/abc/",
    "case_number": "7K2M-Q4XP-1-K1",
    "answer_until": "2026-12-01",
    "news": "escalated",
    "consignments": [],
    "lookup_url": "http://localhost:8000/vi/don-hang/tra-cuu/",
    "until": "2026-12-01T00:00:00Z",
}


def member(mail: str = "chu@example.vn", role: str = Membership.Role.OWNER, **fields: Any) -> Membership:
    """Return a new person's membership of a new producer (or of `producer`)."""
    user = User.objects.create_user(mail or None, phone=fields.pop("phone", None))
    return MembershipFactory(user=user, role=role, **fields)


def tell(
    person: User, template: str = "producer_consignment_new", *, key: str = "", producer_id: int | None = None
) -> PersonalNotice | None:
    """Queue a notice to `person` and return it as it stands in the app."""
    key = key or f"{template}:{person.pk}:{PersonalNotice.objects.count()}"
    notice_queue(
        key=key,
        template=template,
        language=person.preferred_language,
        context=_CONTEXT,
        email=person.email,
        phone=person.phone,
        person=person,
        producer_id=producer_id,
    )
    return PersonalNotice.objects.filter(key=key).first()


def tell_member(
    membership: Membership, template: str = "producer_consignment_new", **more: Any
) -> PersonalNotice:
    """Queue a notice to a member for the producer and return it."""
    notice = tell(membership.user, template, producer_id=membership.producer_id, **more)
    assert notice is not None
    return notice
