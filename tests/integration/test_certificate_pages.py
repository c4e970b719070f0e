"""What anybody may learn about a certificate: its own page, and the form that finds it."""

import unicodedata
from datetime import timedelta

import pytest
import segno
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from catalogue.certification.models import Certificate, WithdrawalGround
from catalogue.certification.services import (
    certificate_evidence_set,
    certificate_propose,
    certificate_withdraw,
    proposal_close,
)
from catalogue.models import Product
from marketplace.adult import declare_adult
from marketplace.clock import today
from tests.factories.catalogue import (
    CertificateFactory,
    DecisionFactory,
    GoodFactory,
    ProductSetFactory,
    shown_good,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def paper(**certificate) -> Certificate:
    return CertificateFactory(
        product=certificate.pop("product", None)
        or GoodFactory(title="Trà Cầu Đất", ocop_code="68-24848-1-2026"),
        valid_from=certificate.pop("valid_from", today() - timedelta(days=30)),
        valid_until=certificate.pop("valid_until", today() + timedelta(days=900)),
        **certificate,
    )


def text_of(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").main.get_text(" ").split())


def adult_client() -> Client:
    from django.http import HttpResponse

    response = HttpResponse()
    declare_adult(response, secure=False)
    client = Client()
    client.cookies.update(response.cookies)
    return client


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            "/vi/chung-nhan/{}/",
            [
                "Còn hiệu lực",
                "Có hiệu lực từ {first} đến {last}.",
                "Hạng sao 4 sao",
                "Hiệu lực {first} – {last}",
            ],
        ),
        (
            "/en/certificates/{}/",
            ["In force", "In force since {first}, until {last}.", "Stars 4 stars", "Valid {first} – {last}"],
        ),
    ],
)
def test_a_certificate_in_force_says_whose_it_is_and_since_when(
    client: Client, address: str, words: list[str]
) -> None:
    certificate = paper(official_code="GCN-77")
    days = {
        "first": f"{certificate.valid_from:%d/%m/%Y}",
        "last": f"{certificate.valid_until:%d/%m/%Y}",
    }

    text = text_of(client.get(address.format(certificate.public_code)))

    producer, decision = certificate.product.producer, certificate.decision
    for said in (
        *(one.format(**days) for one in words),
        *("Trà Cầu Đất", producer.name, "GCN-77", "68-24848-1-2026"),
        *(decision.number, f"{decision.decided_on:%d/%m/%Y}", decision.authority),
    ):
        assert said in text


def test_the_qr_leads_to_this_page(client: Client) -> None:
    certificate = paper()

    page = BeautifulSoup(client.get(f"/vi/chung-nhan/{certificate.public_code}/").content, "html.parser")

    drawn = page.select(".qr svg.qr__code path")[-1]["d"]
    address = f"{settings.SITE_URL}/vi/chung-nhan/{certificate.public_code}/"
    assert drawn in segno.make(address, error="m").svg_inline(scale=5, border=3)
    assert page.select_one(f'a[href="{address}"]')


def test_the_scan_of_the_paper_can_be_opened(client: Client) -> None:
    certificate = paper()
    scan = SimpleUploadedFile("quyet-dinh.pdf", b"%PDF-1.4 scan", "application/pdf")
    certificate_evidence_set(certificate=certificate, evidence=scan, by=None)

    page = BeautifulSoup(client.get(f"/vi/chung-nhan/{certificate.public_code}/").content, "html.parser")

    link = page.find("a", string="Mở văn bản")["href"]
    assert b"".join(client.get(link)) == b"%PDF-1.4 scan"


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ({"valid_from": today() - timedelta(days=900), "valid_until": today() - timedelta(days=1)}, "Expired"),
        ({"state": "withdrawn", "in_force_until": today() - timedelta(days=1), "state_since": today()}, "Withdrawn"),
        ({"state": "proposed", "verified_at": None, "decision": None, "stars": 5}, "Proposed"),
        ({"verified_at": None, "decision": None}, "Awaiting verification"),
        ({"valid_from": today() + timedelta(days=3)}, "Not in force yet"),
    ],
)  # fmt: skip
def test_any_other_state_is_said_without_a_seal(client: Client, certificate: dict, words: str) -> None:
    response = client.get(f"/en/certificates/{paper(**certificate).public_code}/")

    assert words in text_of(response)
    assert b'class="seal"' not in response.content


def test_a_proposal_is_never_shown_as_stars(client: Client) -> None:
    proposal = paper(state="proposed", verified_at=None, decision=None, stars=5)

    response = client.get(f"/en/certificates/{proposal.public_code}/")

    assert "5 stars" not in text_of(response)


def refused_proposal(good: Product) -> Certificate:
    proposal = certificate_propose(product=good, stars=5, by=None)
    return proposal_close(certificate=proposal, by=None, reason="Bộ không công nhận")


def test_a_closed_proposal_says_that_it_is_over_and_names_no_stars(client: Client) -> None:
    closed = refused_proposal(GoodFactory())

    text = text_of(client.get(f"/vi/chung-nhan/{closed.public_code}/"))

    assert "Đề xuất đã khép lại" in text
    assert f"đã khép lại ngày {today():%d/%m/%Y}" in text
    assert "Chờ xác minh" not in text
    assert "5 sao" not in text


def test_a_closed_proposal_is_not_found_beside_the_certificate(client: Client) -> None:
    certificate = paper()
    refused_proposal(certificate.product)

    response = client.get("/vi/chung-nhan/kiem-tra/", {"q": certificate.product.ocop_code})

    assert response.headers["Location"] == f"/vi/chung-nhan/{certificate.public_code}/"


def test_an_unknown_code_gets_an_honest_answer(client: Client) -> None:
    response = client.get("/en/certificates/abcdef234567/")

    assert response.status_code == 404
    assert "is not one of ours" in text_of(response)
    assert "/en/certificates/check/" in response.content.decode()


def test_a_code_in_capitals_leads_to_the_page(client: Client) -> None:
    certificate = paper()

    response = client.get(f"/en/certificates/{certificate.public_code.upper()}/", follow=True)

    assert response.status_code == 200


@pytest.mark.parametrize("asked", ["public", "GCN-77", "gcn-77", "68-24848-1-2026"])
def test_one_finding_leads_straight_to_the_page(client: Client, asked: str) -> None:
    certificate = paper(official_code="GCN-77")

    response = client.get(
        "/en/certificates/check/", {"q": certificate.public_code if asked == "public" else asked}
    )

    assert response.headers["Location"] == f"/en/certificates/{certificate.public_code}/"


@pytest.mark.parametrize("asked", ["3981/QĐ-UBND", "3981/qđ-ubnd", "3981/QD-UBND", " 3981 / QĐ-UBND", "3981"])
def test_a_decision_lists_all_its_certificates(client: Client, asked: str) -> None:
    decision = DecisionFactory(number="3981/QĐ-UBND")
    for title in ("Trà", "Mật ong"):
        paper(product=GoodFactory(title=title), decision=decision)

    response = client.get("/en/certificates/check/", {"q": asked})

    assert response.status_code == 200
    assert "2 certificates" in text_of(response)


@pytest.mark.parametrize(
    "asked",
    [
        "Quyết định số 3981/QĐ-UBND",
        "QĐ số: 3981/qđ-ubnd",
        "so 3981/QD-UBND",
        unicodedata.normalize("NFD", "Quyết định 3981/QĐ-UBND"),
    ],
)
def test_a_decision_is_found_as_people_copy_it(client: Client, asked: str) -> None:
    certificate = paper(decision=DecisionFactory(number="3981/QĐ-UBND"))

    response = client.get("/en/certificates/check/", {"q": asked})

    assert response.headers["Location"] == f"/en/certificates/{certificate.public_code}/"


def test_a_decision_without_the_usual_form_is_found_by_its_own_words(client: Client) -> None:
    certificate = paper(decision=DecisionFactory(number="Quyết định mẫu 60"))

    response = client.get("/vi/chung-nhan/kiem-tra/", {"q": " Quyết định  mẫu 60 "})

    assert response.headers["Location"] == f"/vi/chung-nhan/{certificate.public_code}/"


def test_the_address_without_a_code_leads_to_the_check(client: Client) -> None:
    assert client.get("/vi/chung-nhan/").headers["Location"] == "/vi/chung-nhan/kiem-tra/"


def test_fewer_than_three_stars_have_no_page(client: Client) -> None:
    record = certificate_propose(product=GoodFactory(), stars=2, by=None)

    assert client.get(f"/vi/chung-nhan/{record.public_code}/").status_code == 404
    assert client.get("/vi/chung-nhan/kiem-tra/", {"q": record.public_code}).status_code == 404


@pytest.mark.parametrize(
    ("made_in", "read_at", "words"),
    [
        ("en", "/vi/chung-nhan/{}/", "Lý do: Hồ sơ"),
        ("vi", "/en/certificates/{}/", "Reason: False dossier"),
    ],
)
def test_the_ground_of_a_withdrawal_is_said_in_the_readers_language(
    client: Client, made_in: str, read_at: str, words: str
) -> None:
    with translation.override(made_in):
        withdrawn = certificate_withdraw(
            certificate=paper(), ground=WithdrawalGround.FALSE_DOSSIER, by=None, reason="Thông báo 12."
        )

    text = text_of(client.get(read_at.format(withdrawn.public_code)))

    assert words in text
    assert "Thông báo 12." in text


def test_nothing_found_is_no_proof(client: Client) -> None:
    response = client.get("/en/certificates/check/", {"q": "0000"})

    assert response.status_code == 404
    assert "does not prove" in text_of(response)


def test_a_proposal_is_not_found(client: Client) -> None:
    paper(state="proposed", official_code="GCN-5")

    assert client.get("/en/certificates/check/", {"q": "GCN-5"}).status_code == 404


def test_checking_is_limited(client: Client) -> None:
    answers = [client.get("/en/certificates/check/", {"q": "0000"}).status_code for _ in range(31)]

    assert answers[:30] == [404] * 30
    assert answers[30] == 429


@pytest.mark.parametrize("alcohol", [Product.Alcohol.SUSPECTED, Product.Alcohol.ALCOHOL])
def test_alcohol_asks_for_the_age_first(client: Client, alcohol: str) -> None:
    spirits = {"product_set": None, "sector": None}
    if alcohol == Product.Alcohol.ALCOHOL:
        spirits = {"product_set": ProductSetFactory(number=14, name="Rượu trắng")}
    certificate = paper(product=GoodFactory(**spirits, alcohol=alcohol), official_code="R-1")

    page = client.get(f"/en/certificates/{certificate.public_code}/")
    found = client.get("/en/certificates/check/", {"q": "R-1"})

    assert page.status_code == 302
    assert "/age/" in page.headers["Location"]
    assert found.status_code == 404
    assert adult_client().get(f"/en/certificates/{certificate.public_code}/").status_code == 200


def test_the_page_leads_to_goods_that_are_shown(client: Client) -> None:
    good = shown_good(certificate={"valid_from": today(), "valid_until": today() + timedelta(days=10)})

    response = client.get(f"/en/certificates/{good.certificates.get().public_code}/")

    assert "See the goods" in text_of(response)


@pytest.mark.parametrize("count", [1, 20])
def test_the_check_costs_a_constant_number_of_queries(
    client: Client, count: int, django_assert_max_num_queries
) -> None:
    decision = DecisionFactory(number="3981/QĐ-UBND")
    for _ in range(count + 1):
        paper(product=GoodFactory(), decision=decision)

    with django_assert_max_num_queries(4):
        client.get("/en/certificates/check/", {"q": "3981/QĐ-UBND"})
