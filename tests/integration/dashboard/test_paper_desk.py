"""Goods, certificates, standards and listings as an admin or a verifier works on them: recorded, looked at, changed, told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from catalogue.certification.models import Certificate, StandardCertificate
from catalogue.certification.services import certificate_propose, proposal_close
from catalogue.models import ListingEvent, Product
from marketplace.accounts.models import StaffRole, User
from marketplace.clock import today
from tests.factories.catalogue import CertificateFactory, DecisionFactory, GoodFactory, shown_good
from tests.factories.places import ProvinceFactory
from tests.factories.producers import ProducerFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 quyet dinh"


@pytest.fixture(params=[StaffRole.Role.ADMIN, StaffRole.Role.VERIFIER])
def client(request) -> Client:
    """Somebody of Lâm Đồng's programme, in each role that looks after papers."""
    user = User.objects.create_user("can-bo@example.vn", full_name="Lê Thị Kiểm")
    StaffRole.objects.create(user=user, role=request.param).provinces.add(ProvinceFactory())
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def person(client: Client) -> User:
    return User.objects.get(email="can-bo@example.vn")


def address(name: str, pk: int | None = None) -> str:
    return reverse(f"dashboard:{name}", kwargs={"pk": pk} if pk else None)


def page(client: Client, name: str, pk: int | None = None, query: str = "") -> str:
    response = client.get(address(name, pk) + query)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, name: str, pk: int, **typed) -> str:
    return client.post(address(name, pk), typed, follow=True).content.decode()


def error_at(text: str, field: str) -> bool:
    """Return whether the page says something at this field."""
    return f'id="id_{field}-error"' in text or f'id="id_{field}_0-error"' in text


PAPER = {
    "stars": "4",
    "number": "3981/QĐ-UBND",
    "decided_on": "2026-08-05",
    "authority": "UBND tỉnh Lâm Đồng",
    "level": "province",
    "score": "78,5",
    "official_code": "LĐ-4-1",
}


# --- The list of goods
def test_the_list_says_which_goods_are_in_the_shop(client: Client) -> None:
    shown_good(title="Trà còn hạn")
    gone = shown_good(title="Trà hết hạn")
    gone.certificates.update(in_force_until=today() - timedelta(days=1))

    rows = page(client, "programme-goods").split("<tbody>")[1].split("</tr>")

    [held] = [row for row in rows if "Trà còn hạn" in row]
    [over] = [row for row in rows if "Trà hết hạn" in row]
    assert "Không có trên chợ" not in held
    assert "Không có trên chợ" in over
    assert "Trà hết hạn" in page(client, "programme-goods", query="?show=hidden&q=tra+het")
    assert "Trà còn hạn" not in page(client, "programme-goods", query="?show=hidden")


# --- A certificate by hand
def test_a_certificate_is_recorded_then_verified_and_only_then_counts(client: Client, person: User) -> None:
    good = GoodFactory(title="Trà Oolong")
    page(client, "good", good.pk)
    page(client, "certificate-new", good.pk)

    scan = SimpleUploadedFile("quyết định.pdf", PDF, "application/pdf")
    response = client.post(address("certificate-new", good.pk), PAPER | {"evidence": scan}, follow=True)

    paper = good.certificates.get()
    assert (paper.stars, paper.score, paper.verified_at) == (4, Decimal("78.50"), None)
    assert (paper.valid_from, paper.valid_until) == (date(2026, 8, 5), date(2029, 8, 5)), (
        "36 months by the rule"
    )
    assert paper.evidence.name.startswith("certificates/")
    assert "quy" not in paper.evidence.name, "the name says nothing of who sent it"
    assert response.redirect_chain[-1][0] == address("certificate-verify", paper.pk), "on to the next step"
    assert "hạng 4 sao" in response.content.decode(), "what would be shown is to be seen before"

    send(client, "certificate-verify", paper.pk, **PAPER)

    paper.refresh_from_db()
    assert paper.verified_by == person
    assert [event.action for event in paper.events.all()] == ["awarded", "completed", "verified"]
    history = page(client, "certificate", paper.pk)
    assert "Lê Thị Kiểm" in history
    assert "Đã xác minh theo bản giấy" in history


def test_a_preview_writes_nothing_and_keeps_what_was_typed(client: Client) -> None:
    good = shown_good(
        certificate={"stars": 3, "valid_from": date(2024, 1, 1), "valid_until": date(2027, 1, 1)}
    )

    text = send(client, "certificate-new", good.pk, **PAPER, preview="1")

    assert Certificate.objects.count() == 1
    assert 'id="after"' in text
    assert "hạng 4 sao" in text.split('id="after"')[1]
    assert 'value="3981/QĐ-UBND"' in text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"stars": "5", "score": ""}, "stars"),  # no province awards five
        ({"level": "district", "stars": "3"}, "stars"),  # no district since July 2025
        ({"score": "69.9"}, "score"),
        ({"score": "101"}, "score"),
        ({"valid_until": "2026-08-04"}, "valid_until"),
        ({"number": ""}, "number"),
        ({"number": "100/QĐ-UBND"}, "number"),  # gave this good a certificate before
        ({"decided_on": "2026-13-40"}, "decided_on"),
        ({"decided_on": "2026-03-01", "number": "7/QĐ-UBND"}, "valid_from"),  # begins on the day of another
        ({"stars": "2"}, "stars"),
        ({"evidence": SimpleUploadedFile("x.pdf", b"<html>", "application/pdf")}, "evidence"),
        ({"evidence": SimpleUploadedFile("x.svg", b"<svg/>", "image/svg+xml")}, "evidence"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_written(
    client: Client, changed, field: str
) -> None:
    good = shown_good(
        certificate={
            "decision": DecisionFactory(number="100/QĐ-UBND", decided_on=date(2026, 8, 5)),
            "valid_from": date(2026, 3, 1),
            "valid_until": date(2029, 3, 1),
        }
    )

    text = send(client, "certificate-new", good.pk, **(PAPER | changed))

    assert error_at(text, field)
    assert 'value="UBND tỉnh Lâm Đồng"' in text, "what was typed stays"
    assert Certificate.objects.count() == 1


def test_a_scan_is_at_most_15_mb(client: Client) -> None:
    paper = shown_good().certificates.get()
    large = SimpleUploadedFile("to.pdf", PDF + b"0" * (15 * 1024 * 1024), "application/pdf")

    assert error_at(send(client, "certificate-evidence", paper.pk, evidence=large), "evidence")
    assert error_at(send(client, "certificate-evidence", paper.pk), "evidence")
    paper.refresh_from_db()
    assert not paper.evidence


def test_a_scan_is_added_later_and_served_so_that_it_can_do_nothing(client: Client) -> None:
    paper = shown_good().certificates.get()

    send(client, "certificate-evidence", paper.pk, evidence=SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n"))

    paper.refresh_from_db()
    assert paper.evidence.name.endswith(".png")
    served = client.get(paper.evidence.url)
    assert served["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Type"] == "image/png"


# --- Proposals
def test_five_stars_proposed_are_never_shown_as_five(client: Client) -> None:
    good = shown_good()

    text = send(client, "certificate-propose", good.pk, stars="5", score="91", reason="Biên bản 3")

    assert "đề xuất 5 sao" in text
    assert "OCOP 5" not in text
    assert "OCOP 5" not in page(client, "certificates", query="?show=proposed")
    assert "OCOP 5" not in page(client, "programme-goods")
    assert error_at(send(client, "certificate-propose", good.pk, stars="5", score="89"), "score")


def test_the_ministry_decides_a_proposal(client: Client) -> None:
    good = shown_good(
        certificate={"stars": 4, "valid_from": date(2026, 1, 1), "valid_until": date(2029, 1, 1)}
    )
    proposal = certificate_propose(product=good, stars=5, by=None, score=Decimal("91"))
    assert address("certificate-new", good.pk) in page(client, "certificate", proposal.pk)
    assert 'value="91.00"' in page(client, "certificate-new", good.pk), "begins with what was proposed"

    ministry = PAPER | {
        "stars": "5",
        "score": "91",
        "level": "ministry",
        "authority": "Bộ Nông nghiệp và Môi trường",
    }
    send(client, "certificate-new", good.pk, **ministry)
    new = good.certificates.get(stars=5, decision__isnull=False)
    send(client, "certificate-verify", new.pk, **ministry)

    states = dict(good.certificates.values_list("pk", "state"))
    assert (states[new.pk], states[proposal.pk]) == ("awarded", "closed")
    assert good.certificates.get(stars=4).in_force_until == date(2026, 8, 4)


def test_a_proposal_is_closed_with_a_reason(client: Client) -> None:
    proposal = certificate_propose(product=shown_good(), stars=5, by=None)
    page(client, "proposal-close", proposal.pk)

    assert error_at(send(client, "proposal-close", proposal.pk, reason=""), "reason")
    text = send(client, "proposal-close", proposal.pk, reason="Bộ không công nhận")

    assert "Bộ không công nhận" in text
    assert address("proposal-close", proposal.pk) not in text


@pytest.mark.parametrize("stars", [2, 5])
def test_a_closed_proposal_is_shown_as_one_and_cannot_be_withdrawn(client: Client, stars: int) -> None:
    proposal = certificate_propose(product=shown_good(), stars=stars, by=None)
    proposal_close(certificate=proposal, by=None, reason="Bộ không công nhận")

    text = page(client, "certificate", proposal.pk)

    assert "Đề xuất đã khép lại" in text
    assert address("certificate-withdraw", proposal.pk) not in text
    assert "Không thể thu hồi" in page(client, "certificate-withdraw", proposal.pk)


# --- The transitional rule
def ending(days: int) -> Certificate:
    """Return a verified certificate that ends `days` from today."""
    last = today() + timedelta(days=days)
    return shown_good(certificate={"valid_from": date(2023, 12, 1), "valid_until": last}).certificates.get()


@pytest.mark.parametrize(
    ("days", "may"), [(181, False), (180, True), (0, True), (-1, True), (-180, True), (-181, False)]
)
def test_an_extension_is_offered_while_the_rule_can_help(client: Client, days: int, may: bool) -> None:
    paper = ending(days)

    assert (address("certificate-extend", paper.pk) in page(client, "certificate", paper.pk)) is may


def test_an_extension_needs_its_reason_and_keeps_to_the_rule(client: Client) -> None:
    paper = ending(10)
    latest = paper.valid_until + timedelta(days=180)
    text = page(client, "certificate-extend", paper.pk)
    assert f"{latest:%d/%m/%Y}" in text, "what it would mean is there at once"

    late = latest + timedelta(days=1)
    assert error_at(send(client, "certificate-extend", paper.pk, until=late, reason="Bão"), "until")
    assert error_at(send(client, "certificate-extend", paper.pk, until=latest, reason=""), "reason")
    send(client, "certificate-extend", paper.pk, until=latest, reason="Bão số 9")

    paper.refresh_from_db()
    assert paper.in_force_until == latest
    assert "Bão số 9" in page(client, "certificate", paper.pk)


# --- Withdrawal
def test_a_withdrawal_says_first_what_leaves_the_shop(client: Client) -> None:
    paper = shown_good().certificates.get()
    tomorrow = today() + timedelta(days=1)
    assert (
        "Từ" not in page(client, "certificate-withdraw", paper.pk).split('id="after"')[0].split("outlook")[0]
    )

    text = send(
        client,
        "certificate-withdraw",
        paper.pk,
        ground="misuse_of_mark",
        reason="KL 12",
        on=tomorrow,
        preview="1",
    )
    assert "từ ngày mai" in text.split('id="after"')[1]
    paper.refresh_from_db()
    assert paper.state == "awarded"
    send(client, "certificate-withdraw", paper.pk, ground="misuse_of_mark", reason="KL 12", on=tomorrow)

    paper.refresh_from_db()
    assert (paper.state, paper.in_force_until) == ("withdrawn", today())


# --- Standards
STANDARD = {
    "standard": "vietgap",
    "number": "VG-68-01",
    "issuer": "Quacert",
    "valid_from": "2026-01-01",
    "valid_until": "2028-01-01",
}


@pytest.mark.parametrize("whose", ["good", "producer"])
def test_a_standard_is_recorded_verified_and_ended(client: Client, person: User, whose: str) -> None:
    good = shown_good()
    pk = good.pk if whose == "good" else good.producer.pk
    page(client, f"{whose}-standard", pk)

    text = send(client, f"{whose}-standard", pk, **STANDARD, evidence=SimpleUploadedFile("a.pdf", PDF))
    paper = StandardCertificate.objects.get()
    assert (paper.product or paper.producer) in (good, good.producer)
    assert (paper.verified_at, bool(paper.evidence)) == (None, True)
    assert "Chờ xác minh" in text
    send(client, "standard-verify", paper.pk)
    page(client, "standard-end", paper.pk)
    assert error_at(send(client, "standard-end", paper.pk, last_day="2030-01-01", reason="Vì"), "last_day")
    send(client, "standard-end", paper.pk, last_day="2027-01-31", reason="Không tái đánh giá")

    paper.refresh_from_db()
    assert (paper.verified_by, paper.valid_until) == (person, date(2027, 1, 31))
    assert "Không tái đánh giá" in page(client, "standard", paper.pk)
    assert "VG-68-01" in page(client, "good", good.pk), "a producer's stands on its goods"
    assert "VG-68-01" in page(client, "producer", good.producer.pk) or whose == "good"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"valid_until": "2025-12-31"}, "valid_until"),
        ({"number": ""}, "number"),
        ({"standard": "iso"}, "standard"),
    ],
)
def test_a_standard_that_cannot_be_is_refused_at_its_field(client: Client, changed, field: str) -> None:
    good = shown_good()

    text = send(client, "good-standard", good.pk, **(STANDARD | changed))

    assert error_at(text, field)
    assert 'value="Quacert"' in text
    assert not StandardCertificate.objects.exists()


# --- Listings
def test_a_listing_is_suspended_and_restored_with_reasons(client: Client, person: User) -> None:
    good = shown_good()
    assert "đang tạm gỡ" in page(client, "listing-suspend", good.pk).split('id="after"')[1]
    assert error_at(send(client, "listing-suspend", good.pk, reason=""), "reason")

    assert "Sai nhãn" in send(client, "listing-suspend", good.pk, reason="Sai nhãn")
    good.refresh_from_db()
    assert good.listing == Product.Listing.SUSPENDED
    assert good.title in page(client, "programme-goods", query="?show=suspended")
    page(client, "listing-restore", good.pk)
    text = send(client, "listing-restore", good.pk, reason="Đã sửa nhãn")

    good.refresh_from_db()
    assert good.listing == Product.Listing.ACTIVE
    assert "Sai nhãn" in text, "the history keeps both"
    assert list(ListingEvent.objects.values_list("actor", flat=True)) == [person.pk, person.pk]


# --- Lists
@pytest.mark.parametrize("language", ["vi", "en"])
def test_certificates_are_found_under_their_heading(client: Client, language: str) -> None:
    with translation.override(language):
        CertificateFactory(product=GoodFactory(title="Chờ xem giấy"), unverified=True)
        CertificateFactory(product=GoodFactory(title="Đang tốt"), official_code="LĐ-7")
        soon = today() + timedelta(days=30)
        CertificateFactory(
            product=GoodFactory(title="Gần hạn cuối"), valid_from=date(2023, 12, 1), valid_until=soon
        )
        CertificateFactory(
            product=GoodFactory(title="Đã xong"), valid_from=date(2020, 1, 1), valid_until=date(2023, 1, 1)
        )
        elsewhere = ProducerFactory(
            commune__code="00004", commune__province=ProvinceFactory(code="01", name="Hà Nội")
        )
        CertificateFactory(product=GoodFactory(title="Tỉnh khác", producer=elsewhere))
        titles = {"Chờ xem giấy", "Đang tốt", "Gần hạn cuối", "Đã xong", "Tỉnh khác"}

        def shown(query: str) -> set[str]:
            text = page(client, "certificates", query=query)
            return {title for title in titles if title in text}

        assert shown("") == shown("?show=verify") == shown("?show=nonsense") == {"Chờ xem giấy"}
        assert shown("?show=in_force") == {"Đang tốt", "Gần hạn cuối"}
        assert shown("?show=ending") == {"Gần hạn cuối"}
        assert shown("?show=over") == {"Đã xong"}
        assert shown("?show=in_force&q=LĐ-7") == {"Đang tốt"}
        assert shown("?show=in_force&q=sap+het+khong+co") == set()


@pytest.mark.parametrize("name", ["certificates", "programme-goods"])
@pytest.mark.parametrize("count", [3, 12])
def test_a_list_costs_a_constant_number_of_queries(
    client: Client, name: str, count: int, django_assert_num_queries
) -> None:
    for _number in range(count):
        CertificateFactory(product=GoodFactory())
    query = "?show=in_force" if name == "certificates" else "?show=shown"
    page(client, name, query=query)  # reads the rules

    with django_assert_num_queries(6):
        page(client, name, query=query)


@pytest.mark.parametrize("count", [2, 9])
def test_a_good_s_page_costs_a_constant_number_of_queries(
    client: Client, count: int, django_assert_num_queries
) -> None:
    good = GoodFactory()
    for number in range(count):
        CertificateFactory(
            product=good, valid_from=date(2000 + number, 1, 1), valid_until=date(2000 + number, 6, 1)
        )
        StandardCertificate.objects.create(
            standard="vietgap", product=good, valid_from=date(2026, 1, 1), valid_until=date(2028, 1, 1)
        )
    page(client, "good", good.pk)

    with django_assert_num_queries(9):
        page(client, "good", good.pk)


# --- The menu
def test_a_verifier_is_led_to_nothing_that_refuses(client: Client) -> None:
    text = page(client, "programme")

    for name in ("orders", "imports", "suggestions", "campaigns", "tariffs"):
        if address(name) in text:
            assert client.get(address(name)).status_code == 200, name


def test_an_admin_sets_the_season_and_a_verifier_may_not(client: Client, person: User) -> None:
    good = shown_good()
    may = person.staff_roles.get().role == StaffRole.Role.ADMIN

    assert ("Sửa mùa vụ" in page(client, "good", good.pk)) is may
    half = client.post(address("good-season", good.pk), {"season_first": "11", "season_last": ""})
    saved = client.post(address("good-season", good.pk), {"season_first": "11", "season_last": "2"})

    assert (half.status_code, saved.status_code) == ((200, 302) if may else (403, 403))
    good.refresh_from_db()
    assert (good.season_first, good.season_last) == ((11, 2) if may else (None, None))
    assert ("Có từ tháng 11 đến tháng 2" in page(client, "good", good.pk)) is may
