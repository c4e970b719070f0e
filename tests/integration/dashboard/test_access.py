"""Every address of the back office, opened by everybody who must not: sign-in, 403 or 404, never data, never a change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, resolve, reverse
from django.utils import timezone, translation

from catalogue.certification.imports.headers import Field
from catalogue.certification.imports.models import ColumnMapping, DecisionImport, ImportRow
from catalogue.certification.imports.services import column_map
from catalogue.certification.models import Certificate, StandardCertificate
from catalogue.certification.services import certificate_propose
from catalogue.certification.standards import standard_record
from catalogue.models import ListingEvent, Product, ProductImage
from catalogue.pictures.services import picture_add
from catalogue.pricing.models import NormalPrice
from catalogue.producers.joining.models import Application, ApplicationEvent, Merge, Paper
from catalogue.producers.models import Membership, Partner, SellerEvent, StockRecord
from catalogue.producers.team.models import Invitation
from catalogue.producers.team.services import invitation_make
from catalogue.questions.models import Question, QuestionReport, SavedAnswer
from catalogue.reviews.models import ProductReview, ReviewReport
from checkout.aftersale.models import Case, CaseEvent, CaseLine, Reason, Terms
from checkout.aftersale.pictures import case_pictures_clean_due
from checkout.aftersale.reviews import review_write
from checkout.campaigns.choice import Kind
from checkout.campaigns.models import Campaign
from checkout.campaigns.services import CampaignData, campaign_create
from checkout.invoices.models import InvoiceTerms
from checkout.invoices.services import invoice_terms_write
from checkout.messages.models import Message, MessagePicture, MessageReport
from checkout.messages.services import message_pictures_clean_due, message_report
from checkout.offer.models import Benefit, Condition, ConditionalOffer, Range
from checkout.order.models import Consignment, Order
from checkout.payment.models import Dispute, Payment, Refund, WebhookEvent
from checkout.payment.transfers.models import BankStatement, BankTransfer, ReceivingAccount, StatementColumn
from checkout.payment.transfers.statements.services import statement_upload
from checkout.settlement.models import Account
from checkout.settlement.payouts.holds import payouts_hold
from checkout.settlement.payouts.models import (
    AccountDecision,
    BankAccount,
    Payout,
    PayoutBatch,
    PayoutHold,
    PayoutRequest,
    PayoutTerms,
    ResultFile,
)
from checkout.settlement.payouts.results import result_read
from checkout.settlement.rates.models import CommissionTariff, SetTaxKind, WithholdingRate, WithholdingRule
from checkout.settlement.reconciliation.models import Difference, ProviderReport, Reconciliation
from checkout.shipping.carriers.models import Carrier, CashRemittance, Shipment, TrackingEvent
from checkout.shipping.models import ClosedDays, DeliveryTariff, PickupPoint
from checkout.voucher.models import Voucher, VoucherSet
from marketplace.accounts.models import StaffRole, User
from marketplace.dashboard.merging.services import producers_merge
from marketplace.dashboard.urls import urlpatterns
from marketplace.moderation.models import BlockedWord
from search.models import LexiconEdit, LexiconGroup, LexiconPhrase, LexiconRelation, SearchRedirect
from tests.factories.aftersale import delivered_order, opened_case
from tests.factories.carriers import make_carrier, not_withdrawn
from tests.factories.catalogue import CertificateFactory, GoodFactory, sold_pack
from tests.factories.joining import applicant, sent_in
from tests.factories.lists import HEADER, csv_file, imported, row
from tests.factories.messages import said
from tests.factories.offers import make_offer
from tests.factories.orders import Buyer, address_values, placed_order
from tests.factories.payouts import account_of, answer, batch_of, earned, finance, send_back, sent
from tests.factories.people import account_with_proved_mail
from tests.factories.pictures import picture_upload
from tests.factories.places import ProvinceFactory
from tests.factories.producers import MembershipFactory, ProducerFactory
from tests.factories.questions import asked
from tests.factories.settlement import open_difference
from tests.factories.transfers import account_in_use, csv_statement, money_comes, statement_table

pytestmark = pytest.mark.django_db

#: Stands in whatever belongs to the producer whose pages are tried; it must never come back.
SECRET = "Bí Mật Của Chủ Thể"
SECRET_PHONE = "+84987654321"
#: Pages that belong to nobody: they open for each role, with nothing of other provinces on them.
FOR_ANY_PROVINCE = {
    "programme", "orders", "held", "certificates", "programme-goods", "producers", "imports", "suggestions",
    "search-explain", "cases", "reviews", "questions", "reported-talks", "applications",
}  # fmt: skip
#: What a page asks for while somebody looks at it.
PARTS_OF_PAGES = {"import-progress", "pictures-waiting"}
#: What a stranger could want to change.
GUARDED: tuple[type[Model], ...] = (
    Consignment, Order, StockRecord, NormalPrice, Certificate, Partner, Product, DeliveryTariff, ClosedDays, PickupPoint, Campaign,
    Carrier, Shipment, TrackingEvent, CashRemittance, DecisionImport, ImportRow,
    ColumnMapping,
    LexiconGroup, LexiconPhrase, LexiconRelation, LexiconEdit,
    StandardCertificate, ListingEvent, SellerEvent, Payment, Refund, WebhookEvent,
    Case, CaseEvent, CaseLine, ProductReview, ReviewReport, Reason, Terms,
    Question, QuestionReport, SavedAnswer, BlockedWord, Message, MessagePicture, MessageReport,
    ConditionalOffer, Benefit, Condition, Range, Voucher, VoucherSet,
    InvoiceTerms, AccountDecision, BankAccount, Payout, PayoutBatch, PayoutHold, PayoutRequest, PayoutTerms, ResultFile,
    Application, ApplicationEvent, Paper, Invitation, Merge,
    SearchRedirect, ProductImage, Membership, StaffRole, StaffRole.provinces.through, *(getattr(Campaign, kind).through for kind in Kind),
    BankTransfer, BankStatement, ReceivingAccount, StatementColumn,
    CommissionTariff, WithholdingRule, WithholdingRate, SetTaxKind, Difference, Reconciliation, ProviderReport,
)  # fmt: skip
#: Screens of one offer, at either desk.
OFFER_SCREENS = ("offer", "offer-edit", "offer-stop", "offer-codes", "offer-codes-file")
#: A form that would do something on each screen, were it let through.
HARM = {
    "carrier": "Viettel Post",
    "reason": "Vì thế",
    "ground": "other_findings",
    "price": "1000",
    "stock": "1",
    "number": "1/QĐ-UBND",
    "decided_on": "2026-08-05",
    "authority": "UBND tỉnh Lâm Đồng",
    "level": "province",
    "name": "Đổi tên",
    "kind": "farm",
    "commune": "24781",
    "product_set": "1",
    "answer": "new",
    "confirm_rule": "on",
    "header": "Cột lạ",
    "meaning": "stars",
    "stars": "4",
    "valid_from": "2026-08-05",
    "valid_until": "2027-08-05",
    "until": "2030-01-01",
    "standard": "vietgap",
    "issuer": "Quacert",
    "province": "68",
    "starts_at": "2027-01-01T00:00",
    "ends_at": "2027-01-02T00:00",
    "percent": "10",
    "opened_by": "itself",
    "count": "5",
    "same": "từ lạ",
    "active": "0",
    "add_found": "1",
    "q": "c",
    "text": "Đổi",
    "path_vi": "/vi/san-pham/",
    "season_first": "3",
    "season_last": "5",
    "title": "Câu mẫu đổi tên",
    "title_vi": "Gói đổi tên",
    "weight": "900",
    "description_vi": "Mô tả đổi",
    "alt_vi": "Ảnh đổi",
    "to": "back",
    "contact": "da-xac-nhan@example.vn",
    "role": "owner",
    "bank_bin": "970436",
    "holder": "Ke gian",
    "form": "2",
    "minimum": "1",
    "days_after_delivery": "0",
    "weekday": "1",
    "account_hold_hours": "48",
    "outcome": "done",
    "order_number": "OC-2222-2222",
    "reference": "FT9",
    "column_0": "memo",
    "first_day": "2027-05-05",
    "last_day": "2027-05-06",
    "dispatch_weekdays": "1",
    "dispatch_days": "9",
    "keeps_days": "2",
    "hours": "9:00",
    "days": "3",
    "street": "2 Trần Phú",
    "source": "6150/TB-BNV",
    "words": "Giấy mờ",
    "email": "moi@example.vn",
}


#: A step that exists, by what it is a step of.
_STEPS = {"case": "message", "review": "hide", "question": "hide", "talk": "hide", "application": "ask"}


def addresses() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name and the parameters of every address."""
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern), "nested patterns: teach this walk about them"
        assert pattern.name
        yield pattern.name, tuple(pattern.pattern.converters)


@dataclass
class Scene:
    """One producer in Lâm Đồng with everything that a screen could show or change."""

    producer: Partner
    consignment: Consignment
    pack: Product
    pks: dict[str, int]

    def path(self, name: str, parameters: tuple[str, ...], **changed: Any) -> str:
        values = {
            "producer_pk": self.producer.pk,
            "number": self.consignment.order.number,
            "step": _STEPS.get(name.split("-")[-2] if "-" in name else "", "accept"),
            "kind": "goods",
            "gives": "percent",
            "format": "csv",
            "form": "xlsx",
            "pk": self.pks.get(name),
            **changed,
        }
        assert values["pk"] or "pk" not in parameters, f"{name}: which row does its pk mean?"
        return reverse(f"dashboard:{name}", kwargs={key: values[key] for key in parameters})

    def state(self) -> list[Any]:
        """Return what may not change, in one language whatever the last request's was."""
        with translation.override("vi"):
            return [list(model.objects.order_by("pk").values()) for model in GUARDED]

    def gives_away(self, response: HttpResponse) -> list[str]:
        body = (b"".join(response) if response.streaming else response.content).decode(errors="replace")
        secrets = SECRET, SECRET_PHONE, self.consignment.order.number, self.producer.name
        return [secret for secret in secrets if secret in body]


@pytest.fixture
def scene() -> Scene:
    producer = ProducerFactory(name=f"HTX {SECRET}")
    pack = _pack_of(producer)
    order = placed_order(
        pack,
        buyer=Buyer(name=SECRET, phone=SECRET_PHONE),
        address=address_values(recipient_name=SECRET, phone=SECRET_PHONE),
    )
    consignment = order.consignments.get()
    case = opened_case(delivered_order(pack, quantity=2), description=f"Hộp của {SECRET} bị móp")
    case_pictures_clean_due()
    review = review_write(
        line_id=delivered_order(pack, quantity=1).lines.get().pk, stars=2, text=f"{SECRET} hơi nhạt"
    )
    question = asked(pack.parent, f"{SECRET} pha thế nào?")
    message = said(order, f"{SECRET} dặn: gọi {SECRET_PHONE}", pictures=[picture_upload()])
    message_pictures_clean_due()
    reported = message_report(message=said(order, f"{SECRET} nói nặng lời"), ground="insult")
    saved = SavedAnswer.objects.create(producer=producer, title=f"Mẫu {SECRET}", text=SECRET)
    waiting = CertificateFactory(
        product=GoodFactory(title=f"Trà {SECRET}", producer=producer), unverified=True
    )
    start = timezone.now() + timedelta(days=30)
    campaign = campaign_create(
        data=CampaignData(
            name=f"Tết {SECRET}",
            starts_at=start,
            ends_at=start + timedelta(days=7),
            percent=10,
            goods=[pack.parent],
        )
    )
    imported(
        csv_file(
            [
                HEADER,
                row(1, producer=f"HTX {SECRET} hai", address="", product=f"Hồng {SECRET}", stars="4 sao"),
            ]
        ),
        source=f"danh-sach {SECRET}",
        province=ProvinceFactory().code,
    )
    decision_import = DecisionImport.objects.get()
    homeless = Partner.objects.get(name=f"HTX {SECRET} hai")
    synonyms = LexiconGroup.objects.create(key="tea")
    synonyms.phrases.create(text="trà")
    paper = pack.parent.certificates.get().pk
    proposal = certificate_propose(product=waiting.product, stars=5, by=None)
    standard = standard_record(
        standard="vietgap",
        producer=producer,
        number="VG-1",
        valid_from=date(2026, 1, 1),
        valid_until=date(2028, 1, 1),
    )
    payment = Payment.objects.create(
        order=order, gateway="sandbox", amount=150_000, state="paid", paid_at=timezone.now()
    )
    refund = Refund.objects.create(payment=payment, amount=1_000, state="failed", idempotency_key="hỏng")
    event = WebhookEvent.objects.create(
        gateway="sandbox", event_id=SECRET, kind="payment.paid", payload={}, state="failed", order=order
    )
    dispute = Dispute.objects.create(
        payment=payment, reference=SECRET, amount=1_000, state="lost", ended_at=timezone.now()
    )
    picture = picture_add(good=pack.parent, upload=picture_upload(), alt=f"Ảnh {SECRET}")
    picture_add(good=pack.parent, upload=picture_upload())
    account_with_proved_mail("da-xac-nhan@example.vn")
    member = MembershipFactory(
        producer=producer, user=User.objects.create_user("thanh-vien@example.vn", full_name=SECRET)
    )
    colleague_owner = MembershipFactory(
        producer=producer, user=User.objects.create_user("chu-nha@example.vn", full_name=SECRET)
    )
    invitation = invitation_make(producer=producer, role="packer", by=colleague_owner.user, note=SECRET)
    application = sent_in(applicant(9), name=f"Hộ {SECRET}", phone=SECRET_PHONE)
    merged = producers_merge(
        source=ProducerFactory(name=f"Hộ {SECRET} cũ", seller_state="unverified"),
        target=producer,
        by=colleague_owner.user,
        reason=SECRET,
    )
    end = start + timedelta(days=9)
    offers = [
        make_offer(name=f"Ưu đãi {SECRET}", producer=whose, codes=2, starts_at=start, ends_at=end)
        for whose in (None, producer)
    ]
    colleague = StaffRole.objects.create(
        user=User.objects.create_user("dong-nghiep@example.vn", full_name=SECRET),
        role=StaffRole.Role.ADMIN,
    )
    seller, record = producer.pk, decision_import.pk
    own_table = DeliveryTariff.objects.create(
        producer=producer, name=f"Bảng {SECRET}", valid_from=date(2027, 1, 1)
    )
    own_days = ClosedDays.objects.create(
        producer=producer, first_day=date(2027, 3, 1), last_day=date(2027, 3, 2), name=f"Giỗ {SECRET}"
    )
    holiday = ClosedDays.objects.filter(producer=None).values_list("pk", flat=True)[0]
    point = PickupPoint.objects.create(
        name=f"Điểm {SECRET}", street="1 Trần Phú", commune_id="24781", hours="8:00–17:00"
    )
    point.producers.add(producer)
    shipment = Shipment.objects.create(
        carrier=Carrier.objects.create(code="htx", name=f"Xe {SECRET}", producer=producer),
        consignment=consignment,
        number="HTX-1",
        state="registered",
    )
    report = TrackingEvent.objects.create(
        carrier=shipment.carrier,
        event_id="1",
        number="HTX-1",
        kind="returned",
        happened_at=timezone.now(),
        state="failed",
    )
    door = SearchRedirect.objects.create(text=SECRET, key="bi mat", path_vi="/vi/san-pham/").pk
    return Scene(
        producer=producer,
        consignment=consignment,
        pack=pack,
        pks={
            **dict.fromkeys(("consignment", "delivery-note", "consignment-step"), consignment.pk),
            **dict.fromkeys(("pack", "pack-edit", "pack-lead", "pack-off", "pack-on"), pack.pk),
            **dict.fromkeys(
                ("own-good", "texts", "season", "pack-new", "pictures", "pictures-waiting"), pack.parent_id
            ),
            **dict.fromkeys(("picture", "picture-move", "picture-remove"), picture.pk),
            **dict.fromkeys(("member-remove", "team-role", "team-out"), member.pk),
            "team-invitation-withdraw": invitation.pk,
            "merge-undo": merged.pk,
            **dict.fromkeys(("application", "application-step", "application-approve"), application.pk),
            "application-paper": application.papers.all()[0].pk,
            **dict.fromkeys(
                ("order-consignment-cancel", "order-consignment-return", "order-goodwill"), consignment.pk
            ),
            **dict.fromkeys(("own-case", "own-case-step", "case", "case-step"), case.pk),
            **dict.fromkeys(("own-case-picture", "case-picture"), case.pictures.get().pk),
            "case-reason": Reason.objects.values_list("pk", flat=True)[0],
            **dict.fromkeys(("own-review-reply", "review", "review-step"), review.pk),
            **dict.fromkeys(("own-question-answer", "question", "question-step"), question.pk),
            "own-talk": consignment.pk,
            "own-message-report": message.pk,
            **dict.fromkeys(("own-talk-picture", "reported-talk-picture"), message.pictures.get().pk),
            **dict.fromkeys(("reported-talk", "reported-talk-step"), reported.pk),
            **dict.fromkeys(("own-saved-answer", "own-saved-answer-delete"), saved.pk),
            **dict.fromkeys(
                ("blocked-word", "blocked-word-delete"), BlockedWord.objects.values_list("pk", flat=True)[0]
            ),
            "order-payment-refund": payment.pk,
            **dict.fromkeys(("order-refund-retry", "order-refund-transfer"), refund.pk),
            **dict.fromkeys(("payment-event", "payment-event-replay"), event.pk),
            "dispute": dispute.pk,
            "certificate-verify": waiting.pk,
            **dict.fromkeys(
                ("certificate", "certificate-withdraw", "certificate-extend", "certificate-evidence"), paper
            ),
            "proposal-close": proposal.pk,
            **dict.fromkeys(
                (
                    "good",
                    "listing-suspend",
                    "listing-restore",
                    "certificate-new",
                    "certificate-propose",
                    "good-standard",
                    "good-season",
                ),
                pack.parent_id,
            ),
            **dict.fromkeys(("standard", "standard-verify", "standard-end"), standard.pk),
            **dict.fromkeys(
                (
                    "producer",
                    "producer-edit",
                    "producer-merge",
                    "producer-number",
                    "producer-verify",
                    "producer-refuse",
                    "producer-suspend",
                    "producer-standard",
                    "members",
                ),
                seller,
            ),
            **dict.fromkeys(OFFER_SCREENS, offers[0].pk),
            **dict.fromkeys((f"producer-{screen}" for screen in OFFER_SCREENS), offers[1].pk),
            **dict.fromkeys(
                ("tariff", "tariff-file", "tariff-upload"), DeliveryTariff.objects.get(producer=None).pk
            ),
            **dict.fromkeys(("own-tariff", "own-tariff-file", "own-tariff-upload"), own_table.pk),
            **dict.fromkeys(("holiday-remove", "holiday-confirm"), holiday),
            "own-closed-days-remove": own_days.pk,
            "pickup-point": point.pk,
            "travel": pack.parent_id,
            **dict.fromkeys(("own-parcel-label", "own-returned-goods"), consignment.pk),
            "carrier": shipment.carrier_id,
            "report-retry": report.pk,
            **dict.fromkeys(
                ("withdraw-again", "withdrawn-by-phone"), not_withdrawn(make_carrier(code="san")).pk
            ),
            **dict.fromkeys(
                (
                    "campaign",
                    "campaign-edit",
                    "campaign-schedule",
                    "campaign-stop",
                    "campaign-choice",
                    "campaign-choice-clear",
                ),
                campaign.pk,
            ),
            **dict.fromkeys(
                (
                    "import",
                    "import-progress",
                    "import-confirm",
                    "import-verify",
                    "import-column",
                    "import-answer",
                    "import-mend",
                ),
                record,
            ),
            "import-column-forget": column_map(header="Cột lạ", meaning=Field.EXTRA, by=None).pk,
            "suggestion-commune": homeless.pk,
            **dict.fromkeys(("lexicon-group", "lexicon-switch"), synonyms.pk),
            **_money_of(producer),
            **dict.fromkeys(("search-redirect", "search-redirect-delete"), door),
            **dict.fromkeys(("role", "role-take"), colleague.pk),
            **_transfers_of(order),
            **_ledger_of(order),
        },
    )


def _money_of(producer: Partner) -> dict[str, int]:
    """Let a producer earn something, pay it out and have a part of it come back: the rows that screens of money name; it owes that part."""
    earned(producer)
    gone = earned(producer, 600_000)
    account_of(producer, given_by=finance(), holder=SECRET)
    invoice_terms_write(
        producer=producer,
        terms={"form": "2", "series": "", "vat_rate": None, "delivery_vat_rate": None},
    )
    batch = sent(batch_of(producer))
    payout = batch.payouts.get()
    send_back(gone)
    result = result_read(
        batch=batch, name=SECRET, content=answer((payout, "Thành công", "")), by=finance("nguoi-lap")
    )
    payouts_hold(producer=producer, reason=SECRET, by=finance())
    return {
        **dict.fromkeys(("money-payout", "payout-take-out", "payout-settle"), payout.pk),
        **dict.fromkeys(
            (
                "payout-batch",
                "payout-batch-approve",
                "payout-batch-file",
                "payout-batch-cancel",
                "payout-result-read",
            ),
            batch.pk,
        ),
        **dict.fromkeys(("payout-result", "payout-result-apply"), result.pk),
        **dict.fromkeys(
            (
                "seller-money",
                "payouts-hold",
                "payouts-release",
                "account-confirm",
                "account-refuse",
                "seller-statement",
                "seller-statement-file",
            ),
            producer.pk,
        ),
    }


def _ledger_of(order: Order) -> dict[str, int]:
    """Let something of an order differ; return which row each address means."""
    difference = open_difference(order, detail=SECRET)
    return {
        **dict.fromkeys(
            ("ledger-difference", "ledger-difference-take", "ledger-difference-refund"), difference.pk
        ),
        "ledger-account": Account.objects.values_list("pk", flat=True)[0],
        "commission": CommissionTariff.objects.values_list("pk", flat=True)[0],
        "withholding-confirm": WithholdingRule.objects.values_list("pk", flat=True)[0],
    }


def _transfers_of(order: Order) -> dict[str, int]:
    """Make money that nobody knows the owner of, a statement and an account; return which row each address means."""
    account = account_in_use(holder=SECRET)
    transfer = money_comes(memo=f"{SECRET} {SECRET_PHONE}")
    statement = statement_upload(
        account=account,
        file_name=f"{SECRET}.csv",
        content=csv_statement(statement_table(("30/11/2026", "FT1", 189_000, SECRET))),
        by=None,
    )
    transfers = (
        "transfer",
        "transfer-match",
        "transfer-split",
        "transfer-debt",
        "transfer-same",
        "transfer-no-order",
        "transfer-return",
        "transfer-returned",
    )
    statements = ("statement", "statement-columns", "statement-take", "statement-discard")
    return {
        **dict.fromkeys(transfers, transfer.pk),
        **dict.fromkeys(statements, statement.pk),
        **dict.fromkeys(("receiving-account-use", "receiving-account-rest"), account.pk),
    }


def _pack_of(producer: Partner) -> Product:
    pack = sold_pack(title=f"Cà phê {SECRET}")
    good = pack.parent
    good.producer = producer
    good.save(update_fields=["producer"])
    pack.stockrecords.update(partner=producer)
    return Product.objects.get(pk=pack.pk)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def nobody(scene: Scene) -> Client:
    return Client()


def buyer(scene: Scene) -> Client:
    return signed_in(User.objects.create_user("mua@example.vn"))


def other_producer(scene: Scene) -> Client:
    return signed_in(MembershipFactory(user=User.objects.create_user("khac@example.vn")).user)


def other_province(scene: Scene) -> Client:
    user = User.objects.create_user("tinh-khac@example.vn")
    for role in StaffRole.Role.values:
        StaffRole.objects.create(user=user, role=role).provinces.add(
            ProvinceFactory(code="01", name="Thành phố Hà Nội")
        )
    return signed_in(user)


def to_sign_in(name: str, method: str, response: HttpResponse) -> bool:
    return response.status_code == 302 and response.headers["Location"].startswith(reverse("account_login"))


def refused(name: str, method: str, response: HttpResponse) -> bool:
    return response.status_code in (403, 404, 405)


def refused_but_for_the_door(name: str, method: str, response: HttpResponse) -> bool:
    return refused(name, method, response) or (name == "index" and response.status_code == 302)


def refused_but_for_its_own_lists(name: str, method: str, response: HttpResponse) -> bool:
    if name in FOR_ANY_PROVINCE:
        return response.status_code in (200, 405)
    if name in {"suggestion-sets", "suggestion-communes"}:  # take rows of the own provinces only
        return response.status_code in (302, 405)
    return refused_but_for_the_door(name, method, response)


@pytest.mark.parametrize(
    ("who", "is_right"),
    [
        (nobody, to_sign_in),
        (buyer, refused_but_for_the_door),
        (other_producer, refused_but_for_the_door),
        (other_province, refused_but_for_its_own_lists),
    ],
)
def test_nobody_sees_or_changes_what_is_not_theirs(
    who: Callable[[Scene], Client], is_right: Callable[..., bool], scene: Scene
) -> None:
    client, before, wrong = who(scene), scene.state(), []
    harm = {**HARM, "good": scene.pack.parent_id, "row": [row.pk for row in ImportRow.objects.all()]}
    for name, parameters in addresses():
        path = scene.path(name, parameters)
        for method, body in (("get", {}), ("post", {}), ("post", harm)):
            response = getattr(client, method)(path, body)
            if not is_right(name, method, response):
                wrong.append(f"{method} {name}: {response.status_code}")
            wrong += [f"{method} {name} gives away {secret}" for secret in scene.gives_away(response)]

    assert wrong == []
    assert scene.state() == before


def test_an_address_opens_the_same_screen_behind_the_same_guard_in_each_language(scene: Scene) -> None:
    """So that whoever is kept out of the one is kept out of the other."""
    for name, parameters in addresses():
        screens = set()
        for language in ("vi", "en"):
            with translation.override(language):
                screens.add(resolve(scene.path(name, parameters)).func)
        assert len(screens) == 1, name


def test_a_producer_reaches_no_row_of_another_through_its_own_address(scene: Scene) -> None:
    user = User.objects.create_user("khac@example.vn")
    own = MembershipFactory(user=user).producer
    client, before, wrong = signed_in(user), scene.state(), []
    for name, parameters in addresses():
        if {"producer_pk", "pk"} <= set(parameters):
            path = scene.path(name, parameters, producer_pk=own.pk)
            for method in ("get", "post"):
                response = getattr(client, method)(path, HARM if method == "post" else {})
                if response.status_code not in (404, 405) or scene.gives_away(response):
                    wrong.append(f"{method} {name}: {response.status_code}")

    assert wrong == []
    assert scene.state() == before


def test_every_address_is_walked_with_a_row_of_its_own(scene: Scene) -> None:
    assert {name for name, parameters in addresses() if "pk" in parameters} == set(scene.pks)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_whoever_may_opens_every_screen(language: str, scene: Scene) -> None:
    user = User.objects.create_user("tat-ca@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    MembershipFactory(user=user, producer=scene.producer)
    client, wrong = signed_in(user), []
    for name, parameters in addresses():
        with translation.override(language):
            path = scene.path(name, parameters)
        response = client.get(path)
        if response.status_code == 405:
            continue
        if response.status_code != 200:
            wrong.append(f"{name}: {response.status_code}")
        elif response.headers["Content-Type"].startswith("text/html") and name not in PARTS_OF_PAGES:
            wrong += (
                []
                if f'<html lang="{language}"' in response.content.decode()
                else [f"{name}: not in {language}"]
            )

    assert wrong == []


def test_a_producer_sees_no_order_that_may_still_expire(scene: Scene) -> None:
    user = User.objects.create_user("chu@example.vn")
    MembershipFactory(user=user, producer=scene.producer)
    Order.objects.update(confirmed_at=None)
    client = signed_in(user)

    assert client.get(scene.path("consignment", ("producer_pk", "pk"))).status_code == 404
    assert scene.gives_away(client.get(scene.path("consignments", ("producer_pk",)))) == [
        SECRET,
        scene.producer.name,
    ], "its own name alone"


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        (Membership.Role.PACKER, "pack", 403),
        (Membership.Role.ACCOUNTANT, "pack", 403),
        (Membership.Role.ACCOUNTANT, "consignment-step", 403),
        (Membership.Role.PACKER, "consignment-step", 302),
        (Membership.Role.SELLER, "pack", 302),
        (Membership.Role.PACKER, "pack-new", 403),
        (Membership.Role.PACKER, "pack-off", 403),
        (Membership.Role.PACKER, "texts", 403),
        (Membership.Role.ACCOUNTANT, "pictures", 403),
        (Membership.Role.ACCOUNTANT, "picture-remove", 403),
        (Membership.Role.SELLER, "texts", 302),
        (Membership.Role.PACKER, "producer-offer-stop", 403),
        (Membership.Role.ACCOUNTANT, "producer-offer-new", 403),
        (Membership.Role.SELLER, "producer-offer-codes", 302),
        (Membership.Role.PACKER, "own-question-answer", 422),
        (Membership.Role.ACCOUNTANT, "own-question-answer", 403),
        (Membership.Role.ACCOUNTANT, "own-saved-answer-delete", 403),
        (Membership.Role.ACCOUNTANT, "own-talk", 403),
        (Membership.Role.PACKER, "own-talk", 422),
    ],
)
def test_each_role_does_its_own_work(role: str, name: str, status: int, scene: Scene) -> None:
    user = User.objects.create_user("nguoi@example.vn")
    MembershipFactory(user=user, producer=scene.producer, role=role)
    parameters = dict(addresses())[name]

    response = signed_in(user).post(scene.path(name, parameters), {"price": 90_000, "stock": 5})

    assert response.status_code == status


@pytest.mark.parametrize(("role", "may"), [(StaffRole.Role.ADMIN, True), (StaffRole.Role.VERIFIER, False)])
def test_a_verifier_checks_papers_and_sees_no_buyers(role: str, may: bool, scene: Scene) -> None:
    user = User.objects.create_user("tham-dinh@example.vn")
    StaffRole.objects.create(user=user, role=role).provinces.add(ProvinceFactory())
    client = signed_in(user)

    assert client.get(scene.path("certificates", ())).status_code == 200
    assert (client.get(scene.path("orders", ())).status_code == 200) is may
    assert (client.get(scene.path("order", ("number",))).status_code == 200) is may
    assert (client.get(scene.path("members", ("pk",))).status_code == 200) is may, "who gives access"
    assert client.get(scene.path("campaigns", ())).status_code == 403, "campaigns concern all provinces"
