"""The demonstration: made through the real services, honest about what is a sample, and made once."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from catalogue.certification.models import Certificate
from catalogue.certification.rules import sellable_q, shown_q
from catalogue.certification.terms import Standing, standing_on
from catalogue.models import Product
from catalogue.producers.models import Partner
from catalogue.questions.models import Question
from catalogue.reviews.models import ProductReview
from checkout.aftersale.models import Case
from checkout.invoices.models import InvoiceTerms
from checkout.messages.models import Message
from checkout.order.models import Consignment, Order
from checkout.payment.transfers.models import BankTransfer
from checkout.settlement.models import LedgerEntry
from checkout.settlement.payouts.models import PayoutBatch
from checkout.settlement.reconciliation.services import all_differences
from checkout.shipping.models import PickupPoint
from cms.regions.models import RegionPage
from cms.stories.models import ProducerStoryPage
from marketplace.accounts.models import User
from marketplace.clock import today
from marketplace.demo.accounts import ACCOUNTS, PRODUCER, SECOND_PRODUCER
from marketplace.demo.loading import demo_load
from marketplace.demo.past import days_ago
from marketplace.demo.people import STALLS

DATA = Path(__file__).parents[2] / "marketplace/demo/data"
pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn_quickly(monkeypatch: pytest.MonkeyPatch, settings, tmp_path: Path) -> None:
    """Leave out the drawings, which have tests of their own and take a second each."""
    settings.MEDIA_ROOT = tmp_path
    for module in ("marketplace.demo.goods", "marketplace.demo.invented"):
        monkeypatch.setattr(f"{module}.picture_give", lambda good, *, key="": None)


def listed() -> list[dict[str, str]]:
    with (DATA / "ocop_lam_dong.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def standings(good: Product) -> set[tuple[int, Standing]]:
    return {(paper.stars, standing_on(paper, today()).standing) for paper in good.certificates.all()}


@pytest.mark.usefixtures("drawn_quickly")
def test_sixty_real_goods_and_six_invented_ones_in_their_states(settings) -> None:
    settings.DEMONSTRATION = True
    demo_load(say=lambda _text: None, on_progress=lambda _done, _total: None)

    goods = Product.objects.filter(structure=Product.PARENT)
    real = goods.filter(title_vi__in=[row["product_name"] for row in listed()])
    invented = goods.exclude(pk__in=real)
    assert (real.count(), invented.count()) == (60, 6)

    # Nothing bad is said of a real company: every good of the lists is certified, in force and shown.
    on, at = today(), timezone.now()
    assert real.filter(shown_q(on, adult=True)).count() == 60
    papers = Certificate.objects.filter(product__in=real)
    assert {standing_on(paper, on).standing for paper in papers} == {Standing.IN_FORCE}
    stars = {row["product_name"]: int(row["stars"]) for row in listed()}
    assert {paper.product.title_vi: paper.stars for paper in papers.select_related("product")} == stars

    # What the lists don't say is a sample, and says so.
    unstated = [row["product_name"] for row in listed() if not row["decision_number"]]
    made_up = papers.filter(product__title_vi__in=unstated).select_related("decision")
    assert len(unstated) == len(made_up) == 36
    assert all(paper.is_sample and paper.decision.number.startswith("Quyết định mẫu") for paper in made_up)
    assert not papers.exclude(pk__in=made_up).filter(is_sample=True).exists()

    # The six states, each of an invented producer who is marked as one.
    assert {tuple(sorted(standings(good))) for good in invented} == {
        ((3, Standing.UNVERIFIED),),
        ((3, Standing.EXPIRED),),
        ((4, Standing.IN_FORCE),),
        ((3, Standing.WITHDRAWN),),
        ((4, Standing.IN_FORCE), (5, Standing.PROPOSED)),
        ((2, Standing.PROPOSED),),
    }
    ending = Certificate.objects.get(product__title_vi__startswith="Hồng treo gió Nắng Thềm")
    assert 0 < (ending.valid_until - on).days <= 31
    assert all("(mẫu)" in good.title_vi and "mẫu" in good.producer.name for good in invented)
    assert not Partner.objects.filter(goods__in=invented, is_sample=False).exists()
    assert invented.filter(shown_q(on)).count() == 2
    assert Product.objects.filter(sellable_q(on, at=at)).exists()

    before = (goods.count(), Certificate.objects.count(), User.objects.count(), RegionPage.objects.count())
    demo_load(say=lambda _text: None, on_progress=lambda _done, _total: None)
    assert before == (
        goods.count(),
        Certificate.objects.count(),
        User.objects.count(),
        RegionPage.objects.count(),
    )

    _the_people_and_the_pages(settings)
    _one_stall_trades_and_the_other_is_empty()


def _the_people_and_the_pages(settings) -> None:
    client = Client()
    for account in ACCOUNTS:
        assert User.objects.get(email=account.email).check_password(settings.DEMO_PASSWORD)
    # Three regions and five stories, in two languages, each honest about being a sample.
    assert RegionPage.objects.filter(is_sample=True).count() == RegionPage.objects.count() == 6
    assert ProducerStoryPage.objects.filter(is_sample=True).count() == ProducerStoryPage.objects.count() == 10
    cache.clear()
    pages = [
        "/vi/",
        "/en/",
        *(page.get_url() for page in (*RegionPage.objects.all(), *ProducerStoryPage.objects.all())),
    ]
    for address in pages:
        soup = BeautifulSoup(client.get(address).content, "html.parser")
        assert soup.select_one(".ribbon"), address
        if address not in {"/vi/", "/en/"}:
            assert any(word in soup.get_text() for word in ("mẫu", "Sample")), address


def _one_stall_trades_and_the_other_is_empty() -> None:
    parcels = Consignment.objects.all()
    assert {parcel.producer.name for parcel in parcels} == {STALLS[PRODUCER.key]}
    assert parcels.count() == 20, "loaded twice, made once"
    assert {parcel.state for parcel in parcels} == set(Consignment.State.values)
    assert {parcel.method for parcel in parcels} == set(Consignment.Method.values)
    assert {parcel.carried_by for parcel in parcels} == set(Consignment.Hand.values)
    assert parcels.get(state="returned").return_cause == Consignment.ReturnCause.REFUSED
    assert sorted(Case.objects.values_list("state", flat=True)) == ["escalated", "open", "refunded"]
    reviews = ProductReview.objects.order_by("pk")
    assert [bool(review.reply) for review in reviews] == [True, False]
    assert all("mẫu" in review.text for review in reviews)
    questions = Question.objects.order_by("pk")
    assert [bool(question.answer) for question in questions] == [True, False]
    assert [message.side for message in Message.objects.all()] == ["buyer", "producer"]
    assert all("mẫu" in one.text for one in (*questions, *Message.objects.all()))
    ends = sorted(BankTransfer.objects.values_list("state", flat=True))
    assert ends == ["kept", "settled", "settled", "settled", "settled", "settled", "unknown"]
    assert PayoutBatch.objects.get().state == PayoutBatch.State.DRAFT
    assert not Order.objects.filter(held_at__isnull=False).exists()
    assert Order.objects.filter(invoice_particulars__isnull=False).count() == 2
    assert InvoiceTerms.objects.get().producer.name == STALLS[PRODUCER.key]
    assert PickupPoint.objects.filter(producers__name=STALLS[PRODUCER.key]).count() == 2
    assert not PickupPoint.objects.filter(producers__name=STALLS[SECOND_PRODUCER.key]).exists()
    call_command("ledger_check")


def test_the_clock_of_the_past_stands_and_goes_on_afterwards() -> None:
    now = timezone.now()
    with days_ago(30):
        assert timezone.now() == timezone.now() < now - timedelta(days=29)
        assert LedgerEntry(kind="sale").at == timezone.now(), "columns' defaults too"
        assert timezone.localtime().tzinfo is not None
    assert timezone.now() >= now


def test_synthetic_goods_are_sold_and_have_producers_and_orders(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_demo", products=120)

    goods = Product.objects.filter(structure=Product.PARENT)
    assert goods.filter(shown_q(today())).count() == 120
    assert Product.objects.filter(sellable_q(today(), at=timezone.now())).count() == 120
    assert Partner.objects.count() == 6
    assert Order.objects.count() == 3
    for order in Order.objects.prefetch_related("consignments__lines"):
        parcels = list(order.consignments.order_by("pk"))
        assert [parcel.number for parcel in parcels] == [
            f"{order.number}-{place}" for place in range(1, len(parcels) + 1)
        ]
        for parcel in parcels:
            assert parcel.goods_total == sum(line.line_price_incl_tax for line in parcel.lines.all())
    assert "120 synthetic goods made." in capsys.readouterr().out
    assert LedgerEntry.objects.filter(kind="delivered").count() == Consignment.objects.count()
    assert all_differences() == []
