"""Every list of the back office asks the database as often for many as for few."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.models import Product
from catalogue.questions.models import SavedAnswer
from catalogue.questions.saved import saved_answer_save
from catalogue.questions.services import question_report
from catalogue.reviews.services import review_report
from checkout.aftersale.reviews import review_write
from checkout.messages.services import message_report
from checkout.order.models import Order
from checkout.payment.models import Dispute
from checkout.safety.models import OrderHold
from checkout.settlement.reconciliation.models import Difference
from checkout.shipping.carriers.services import shipment_create
from checkout.shipping.models import PickupPoint
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.services import audit_record
from marketplace.moderation.models import BlockedWord
from marketplace.moderation.services import blocked_word_save
from tests.factories.aftersale import delivered_order, opened_case, paid_order
from tests.factories.carriers import make_carrier, packed_consignment
from tests.factories.catalogue import sold_pack
from tests.factories.desk import fill_desk
from tests.factories.messages import said
from tests.factories.offers import make_offer
from tests.factories.orders import placed_order
from tests.factories.payments import make_payment
from tests.factories.payouts import batch_of, earned, payable, refund_to_transfer
from tests.factories.places import CommuneFactory
from tests.factories.questions import asked
from tests.factories.settlement import open_difference
from tests.factories.transfers import money_comes

pytestmark = pytest.mark.django_db

PROGRAMME = [
    "programme",
    "orders",
    "producers",
    "campaigns",
    "cases",
    "case-rules",
    "tariffs",
    "holidays",
    "pickup-points",
    "carriers",
    "programme-goods",
    "certificates",
    "reviews",
    "questions",
    "reported-talks",
    "blocked-words",
    "people",
    "held",
    "hold-rules",
    "audit",
    "imports",
    "suggestions",
    "ledger",
    "ledger-producers",
    "ledger-differences",
    "provider-reports",
    "commissions",
    "withholding",
    "offers",
    "payment-events",
    "disputes",
    "cash-limits",
    "payouts",
    "payout-batch-new",
    "sellers-money",
    "transfers",
    "statements",
    "receiving-accounts",
]
WORKPLACE = [
    "today",
    "consignments",
    "goods",
    "own-cases",
    "own-parcels",
    "own-tariffs",
    "own-reviews",
    "own-questions",
    "own-talks",
    "own-saved-answers",
    "invoices",
    "producer-offers",
    "money",
    "money-statement",
]

_numbers = count(1)


def one_more_of_everything(pack: Product, *, own: bool) -> None:
    """Add to each list a row of `pack`'s producer (`own`), or of another one, by people who did nothing before."""
    number = next(_numbers)
    pack = pack if own else sold_pack(stock={"num_in_stock": 100})
    producer = pack.parent.producer
    person = User.objects.create_user(f"nguoi-{number}@example.vn", full_name=f"Người {number}")
    StaffRole.objects.create(user=person, role="admin")
    placed_order(pack)
    held = paid_order(pack)
    now = timezone.now()
    Order.objects.filter(pk=held.pk).update(held_at=now, hold_reason="amount")
    OrderHold.objects.create(order=held, signals=[], held_at=now, until=now + timedelta(days=1))
    opened_case(delivered_order(pack))
    review = review_write(line_id=delivered_order(pack).lines.get().pk, stars=4, text="Thơm, đóng gói kỹ")
    review_report(review=review, reporter=person, ground="unrelated")
    question_report(
        question=asked(pack.parent, f"Câu thứ {number}?", asker=person), reporter=person, ground="unrelated"
    )
    message_report(message=said(placed_order(pack), f"Tin {number}"), ground="insult")
    saved_answer_save(SavedAnswer(producer=producer, title=f"Mẫu {number}", text="Để nơi khô mát"))
    blocked_word_save(BlockedWord(text=f"từ {number}"))
    make_offer(name=f"Ưu đãi {number}", producer=producer)
    make_offer(name=f"Của chợ {number}", code=f"MUA-{number:04d}")
    carrier = make_carrier(code=f"xe-{number}", name=f"Xe {number}", producer=producer)
    shipment_create(consignment_id=packed_consignment(pack).pk, carrier=carrier, by=None)
    point = PickupPoint.objects.create(
        name=f"Điểm {number}", street="1 Trần Phú", commune=CommuneFactory(), hours="8:00–17:00"
    )
    point.producers.add(producer)
    payment = make_payment(placed_order(pack, payment_method="sandbox"), state="paid", paid_at=timezone.now())
    Dispute.objects.create(
        payment=payment, reference=f"dp_{number}", amount=1_000, state="open", answer_by=timezone.now()
    )
    open_difference(held, key=f"sums:{number}", kind=Difference.Kind.SUMS)
    money_comes(placed_order(pack, payment_method="transfer"))
    money_comes()
    batch_of(payable())
    payable()
    refund_to_transfer()
    audit_record(action="refund.turned", subject=held, words=held.number, actor=person)
    if own:
        earned(producer)


def queries_of(client: Client, path: str) -> int:
    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


@pytest.mark.parametrize("own", [False, True], ids=["programme", "workplace"])
def test_lists_ask_as_often_for_many_as_for_few(client: Client, own: bool) -> None:
    scene = fill_desk()
    pack = Product.objects.get(pk=scene["pack"])
    pack.stockrecords.update(num_in_stock=1000)
    client.force_login(
        User.objects.create_superuser("quan-tri@example.vn")
        if not own
        else pack.parent.producer.memberships.get(role="owner").user
    )
    where = {"producer_pk": pack.parent.producer_id} if own else {}
    paths = {name: reverse(f"dashboard:{name}", kwargs=where) for name in (WORKPLACE if own else PROGRAMME)}

    one_more_of_everything(pack, own=own)
    few = {name: queries_of(client, path) for name, path in paths.items()}
    one_more_of_everything(pack, own=own)
    many = {name: queries_of(client, path) for name, path in paths.items()}

    assert many == few
