"""A back office in which every kind of screen has rows to show."""

from datetime import date, timedelta
from uuid import uuid4

from django.utils import timezone

from catalogue.certification.imports.models import DecisionImport
from catalogue.certification.services import certificate_propose
from catalogue.certification.standards import standard_record
from catalogue.models import Product
from catalogue.pictures.services import picture_add
from catalogue.pricing.services import normal_price_end
from catalogue.producers.joining.decisions import application_refuse
from catalogue.producers.models import Membership, Partner
from catalogue.producers.team.services import invitation_make
from catalogue.questions.models import SavedAnswer
from catalogue.questions.saved import saved_answer_save
from catalogue.questions.services import question_report
from catalogue.reviews.services import review_report
from catalogue.services import listing_suspend, pack_create
from checkout.aftersale.decisions import case_refund, case_refuse
from checkout.aftersale.models import Case, Side
from checkout.aftersale.overdue import cases_follow_up_due
from checkout.aftersale.pictures import case_pictures_clean_due
from checkout.aftersale.reviews import review_write
from checkout.campaigns.services import CampaignData, campaign_create, campaign_schedule
from checkout.invoices.services import invoice_terms_write
from checkout.messages.services import message_pictures_clean_due, message_report
from checkout.order.models import Order
from checkout.payment.models import Dispute, Payment, WebhookEvent
from checkout.payment.transfers.accounts import receiving_account_enter
from checkout.payment.transfers.services import transfer_return, transfers_match_due
from checkout.payment.transfers.statements.services import statement_take, statement_upload
from checkout.safety.models import OrderHold, Signal
from checkout.settlement.models import Account
from checkout.settlement.rates.models import CommissionTariff
from checkout.shipping.carriers.models import Carrier, TrackingEvent
from checkout.shipping.carriers.services import shipment_create
from checkout.shipping.models import ClosedDays, DeliveryRate, DeliveryTariff, PickupPoint, Zone
from marketplace.accounts.models import StaffRole, User
from marketplace.clock import today
from marketplace.dashboard.merging.services import producers_merge
from marketplace.moderation.models import BlockedWord
from search.lexicon.services import group_switch
from search.models import LexiconGroup, SearchRecord, SearchRedirect
from tests.factories.aftersale import delivered_order, opened_case
from tests.factories.carriers import not_withdrawn
from tests.factories.catalogue import CertificateFactory, GoodFactory, sold_pack
from tests.factories.joining import applicant, sent_in
from tests.factories.lists import HEADER, csv_file, imported, row
from tests.factories.messages import said
from tests.factories.offers import make_code, make_offer
from tests.factories.orders import placed_order
from tests.factories.payouts import fill_money
from tests.factories.pictures import picture_upload
from tests.factories.places import CommuneFactory
from tests.factories.producers import MembershipFactory, ProducerFactory
from tests.factories.questions import answered, asked
from tests.factories.settlement import open_difference, owing
from tests.factories.transfers import account_in_use, csv_statement, money_comes, statement_table

#: What is needed of the back office, by the name under which addresses ask for it.
Scene = dict[str, int | str]


def fill_transfers(pack: Product) -> Scene:
    """Make bank transfers in every state, statements to look at and taken, and an account that waits for its second person."""
    account = account_in_use()
    owing(50_000)
    order = placed_order(pack, payment_method="transfer")
    unknown = money_comes(
        amount=int(order.total_incl_tax), memo="NGUYEN THI LAN chuyen tien", payer_name="N. T. LAN"
    )
    kept = money_comes(order, amount=50_000)
    settled = money_comes(order)
    doubtful = money_comes(order, amount=50_000, source="webhook")
    to_return = transfer_return(transfer_id=money_comes(memo="nham").pk, reason="Chuyển nhầm", by=None)
    row = ("30/11/2026", "FT1", 189_000, "OC7K3M9QXD mua cà phê")
    contents = {
        "statement": csv_statement(statement_table(row, ("30/11/2026", "FT2", 9_000, "trà"))),
        "columns": csv_statement(statement_table(row, headers=["Lúc", "Số", "Ra", "Vào", "Còn", "Lời"])),
        "taken": csv_statement(statement_table(row)),
    }
    statements = {
        name: statement_upload(account=account, file_name=f"{name}.csv", content=content, by=None)
        for name, content in contents.items()
    }
    statement_take(statement_id=statements["taken"].pk, by=None)
    transfers_match_due()
    waiting = receiving_account_enter(bank_bin="970415", number="113366", holder="CHO OCOP", by=None)
    found = {
        "unknown": unknown,
        "kept": kept,
        "settled": settled,
        "doubtful": doubtful,
        "to_return": to_return,
    }
    return {
        **{f"transfer_{name}": transfer.pk for name, transfer in found.items()},
        **{f"statement_{name}": statement.pk for name, statement in statements.items()},
        "account_waiting": waiting.pk,
    }


def fill_ledger(order: Order) -> Scene:
    """Let something of an order's money wait for a person: a difference, a lost dispute, a message that could not be dealt with."""
    event = WebhookEvent.objects.create(
        gateway="stripe",
        event_id="evt_1QJ5f2eZvKYlo2C8xY3a7bKd",
        kind="checkout.session.async_payment_succeeded",
        payload={
            "order_number": order.number,
            "amount": 189_000,
            "reference": "cs_live_a1Bq7WmR2yTnE9uXk4VdLpZ0sHcJf6GtNoQw8iYbM3vKx5CrD",
            "capture_reference": "pi_3QJ5f2eZvKYlo2C81aBcDeFg",
        },
        state=WebhookEvent.State.FAILED,
        outcome="PaymentNotFound: no payment of order",
        order=order,
    )
    return {
        "event": event.pk,
        "dispute": Dispute.objects.create(
            payment=order.payments.all()[0],
            reference="dp_1",
            amount=1_000,
            state="lost",
            ended_at=event.received_at,
        ).pk,
        "difference": open_difference(order, detail="Sổ cái thừa 1 ₫").pk,
        "account": Account.objects.filter(postings__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)[0],
        "commission": CommissionTariff.objects.values_list("pk", flat=True)[0],
    }


def put_aside(order: Order) -> Order:
    """Put an order aside for a look, as a rule about large sums in cash does."""
    now = timezone.now()
    signals = [{"signal": Signal.LARGE_CASH, "found": 567_000, "threshold": 500_000}]
    OrderHold.objects.create(order=order, signals=signals, held_at=now, until=now + timedelta(hours=5))
    Order.objects.filter(pk=order.pk).update(held_at=now, confirmed_at=None)
    return order


def fill_desk() -> Scene:
    """Make a producer with orders in several states; papers, lists, campaigns and tables for the programme."""
    pack = sold_pack(
        title="Cà phê Arabica Cầu Đất rang mộc nguyên hạt thượng hạng",
        price=189_000,
        stock={"num_in_stock": 40},
    )
    good, producer = pack.parent, pack.parent.producer
    orders = [placed_order(pack) for _number in range(3)]
    packed = orders[1].consignments.get()
    orders[1].consignments.update(state="packed")
    orders[2].consignments.update(state="delivered")
    payment = Payment.objects.create(
        order=orders[0], gateway="sandbox", amount=189_000, state="paid", paid_at=timezone.now()
    )
    late, refused = (opened_case(delivered_order(pack)) for _number in range(2))
    case_refuse(case_id=refused.pk, side="producer", text="Hàng còn nguyên khi giao")
    Case.objects.filter(pk=late.pk).update(answer_due_on=today() - timedelta(days=1))
    cases_follow_up_due()
    case, goods_back = opened_case(delivered_order(pack)), opened_case(delivered_order(pack))
    case_refund(
        case_id=goods_back.pk,
        side="producer",
        packs={part.pk: 2 for part in goods_back.lines.all()},
        goods_back=True,
    )
    case_pictures_clean_due()
    review, told_on = (
        review_write(line_id=delivered_order(pack).lines.get().pk, stars=stars, text="Thơm, đóng gói kỹ")
        for stars in (5, 1)
    )
    review_report(review=told_on, reporter=User.objects.create_user("doc@example.vn"), ground="unrelated")
    question, told_on_question = asked(good), answered(good, text="Có hạn dùng bao lâu?")
    question_report(question=told_on_question, ground="unrelated")
    message = said(orders[0], "Giao sau 17 giờ giúp em, gọi 0987 654 321", pictures=[picture_upload()])
    said(orders[0], "Dạ được ạ, xe của HTX đi buổi chiều.", side=Side.PRODUCER)
    report = message_report(
        message=said(orders[1], "Sao gửi lâu thế", pictures=[picture_upload()]),
        ground="insult",
        note="Nặng lời",
    )
    message_pictures_clean_due()
    saved = saved_answer_save(SavedAnswer(producer=producer, title="Cách bảo quản", text="Để nơi khô mát."))
    invoice_terms_write(
        producer=producer,
        terms={"form": "2", "series": "C26TAA", "vat_rate": None, "delivery_vat_rate": None},
    )
    ending = GoodFactory(title="Trà Atiso túi lọc", producer=producer)
    paper = CertificateFactory(
        product=ending, valid_from=date(2023, 12, 1), valid_until=today() + timedelta(days=20)
    )
    waiting = CertificateFactory(product=GoodFactory(title="Hồng treo gió"), unverified=True)
    proposal = certificate_propose(product=good, stars=5, by=None, reason="Biên bản 3")
    standard = standard_record(
        standard="vietgap",
        producer=producer,
        number="VG-68-01",
        issuer="Quacert",
        valid_from=date(2026, 1, 1),
        valid_until=date(2028, 1, 1),
    )
    listing_suspend(good=ending, reason="Sai nhãn")
    off_sale = pack_create(good=good, label="Hộp quà 3 gói, kèm phin", weight=1_900, price=650_000)
    normal_price_end(pack=off_sale)
    pictures = [picture_add(good=good, upload=picture_upload(), alt="Gói cà phê") for _number in range(2)]
    start = timezone.now() + timedelta(days=30)
    campaigns = [
        campaign_create(
            data=CampaignData(
                name=name, starts_at=start, ends_at=start + timedelta(days=7), percent=10, goods=[good]
            )
        )
        for name in ("Tết", "Mùa cà phê")
    ]
    campaign_schedule(campaign=campaigns[1], confirm_rule=True)
    offer = make_offer(
        name="Khách mới",
        producer=producer,
        percent=10,
        codes=3,
        starts_at=start,
        ends_at=start + timedelta(9),
    )
    make_offer(name="Hết mùa", percent=5, goods=[good])
    make_offer(name="Hội chợ xuân", off_delivery=100, codes=3, starts_at=start, ends_at=start + timedelta(9))
    code = make_code("DALAT2026", name="Chào Đà Lạt", percent=10, most_uses=100)
    rows = [
        row(1, producer="HTX Nắng Mới", address="TP. Đà Lạt", stars="4 sao"),
        row(2, stars=""),
        row(3, product="Rượu nếp"),
    ]
    imported(csv_file([HEADER, *rows]), source="danh-sach-thu")
    synonyms = LexiconGroup.objects.create(key="mango")
    for text in ("xoài", "xoài cát hoà lộc", "xoài tròn yên châu"):
        synonyms.phrases.create(text=text)
    group_switch(group=synonyms, active=False, by=User.objects.create_user("tu-ngu@example.vn"))
    SearchRecord.objects.create(
        token=uuid4(),
        at=timezone.now(),
        day=today(),
        text="hồng treo gió sấy dẻo",
        language="vi",
        session="0" * 32,
        results=0,
    )
    colleague = User.objects.create_user("dong-nghiep@example.vn", full_name="Lê Thị Hạnh")
    return {
        **fill_money(producer),
        **fill_transfers(pack),
        **fill_ledger(orders[0]),
        "held_number": put_aside(placed_order(pack)).number,
        "role": StaffRole.objects.create(user=colleague, role=StaffRole.Role.VERIFIER).pk,
        "percent": "percent",
        "bundle": "bundle",
        "producer_pk": producer.pk,
        "good": good.pk,
        "hidden": ending.pk,
        "pack": pack.pk,
        "picture": pictures[1].pk,
        "number": orders[0].number,
        "placed": orders[0].consignments.get().pk,
        "packed": packed.pk,
        "delivered_number": orders[2].number,
        "delivered": orders[2].consignments.get().pk,
        "payment": payment.pk,
        "case": case.pk,
        "goods_back": goods_back.pk,
        "reason": case.reason_id,
        "review": review.pk,
        "reported": told_on.pk,
        "question": question.pk,
        "question_reported": told_on_question.pk,
        "saved_answer": saved.pk,
        "message": message.pk,
        "message_report": report.pk,
        "complained": case.consignment_id,
        "blocked_word": BlockedWord.objects.values_list("pk", flat=True)[0],
        "escalated": late.pk,
        "refused": refused.pk,
        "paper": paper.pk,
        "waiting": waiting.pk,
        "proposal": proposal.pk,
        "standard": standard.pk,
        "draft": campaigns[0].pk,
        "offer": offer.pk,
        "code": code.offer_id,
        "goods": "goods",
        "provinces": "provinces",
        **_joining(producer),
        "pending": ProducerFactory(
            seller_state=Partner.SellerState.PENDING,
            kind=Partner.Kind.HOUSEHOLD,
            tax_number="068099001234",
            representative="",
        ).pk,
        "scheduled": campaigns[1].pk,
        "redirect": SearchRedirect.objects.create(text="Quà Tết", key="qua tet", path_vi="/vi/san-pham/").pk,
        "synonyms": synonyms.pk,
        **_delivery(producer),
        "tariff": DeliveryTariff.objects.values_list("pk", flat=True)[0],
        "import": DecisionImport.objects.get().pk,
    }


def _joining(producer: Partner) -> Scene:
    """Make applications in the states that differ on the screen, and a team with an open invitation."""
    claim = sent_in(applicant(1), producer=producer, claim="QĐ 12/QĐ-UBND")
    clerk = User.objects.create_user("can-bo-duyet@example.vn")
    refused = application_refuse(
        application=sent_in(applicant(2), name="Hộ Lê Văn Hai"), by=clerk, words="Giấy không đúng"
    )
    invitation_make(producer=producer, role="packer", by=clerk, note="chị Hoa, kho")
    MembershipFactory(
        producer=producer, user=User.objects.create_user("kho@example.vn"), role=Membership.Role.PACKER
    )
    twin = ProducerFactory(name="HTX Tên cũ", seller_state=Partner.SellerState.UNVERIFIED)
    merged = producers_merge(source=twin, target=producer, by=clerk, reason="Cùng mã số thuế")
    return {"merged": merged.pk, "application": claim.pk, "refused_application": refused.pk}


def _delivery(producer: Partner) -> Scene:
    """Give the producer a table, days off and a pickup point of its own."""
    table = DeliveryTariff.objects.create(
        producer=producer,
        name="Bảng của HTX",
        valid_from=today() + timedelta(days=10),
        cod_charge=5_000,
        cod_rate=80,
    )
    for at, zone in enumerate(Zone.values):
        DeliveryRate.objects.create(
            tariff=table,
            zone=zone,
            first_charge=15_000 + at * 5_000,
            step_charge=3_000,
            days_min=1,
            days_max=3,
        )
    days = ClosedDays.objects.create(
        producer=producer,
        first_day=today() + timedelta(days=20),
        last_day=today() + timedelta(days=21),
        name="Giỗ tổ nghề",
    )
    point = PickupPoint.objects.create(
        name="Điểm giới thiệu và bán sản phẩm OCOP Đà Lạt",
        street="1 Trần Phú",
        commune=CommuneFactory(),
        hours="8:00–17:00, thứ Hai đến thứ Bảy",
    )
    point.producers.add(producer)
    carrier = Carrier.objects.create(code="htx", name="Xe của HTX", producer=producer)
    told_by_phone = not_withdrawn(Carrier.objects.create(code="buu-dien", name="Bưu điện"))
    shipment = shipment_create(
        consignment_id=producer.consignments.get(state="packed").pk, carrier=carrier, by=None
    )
    report = TrackingEvent.objects.create(
        carrier=carrier,
        event_id="1",
        number="KHONG-CO",
        kind="delivered",
        happened_at=timezone.now(),
        state="failed",
        error="unknown_number",
    )
    return {
        "shipment": shipment.pk,
        "not_withdrawn": told_by_phone.pk,
        "carrier": carrier.pk,
        "report": report.pk,
        "own_table": table.pk,
        "closed_days": days.pk,
        "point": point.pk,
    }
