"""A producer applies: step by step, left and gone on with, nothing typed is lost, and nobody gets a second entry."""

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.producers.joining.contract import contract
from catalogue.producers.joining.entries import entries_like
from catalogue.producers.joining.models import Application, ApplicationEvent, Paper
from catalogue.producers.joining.papers import papers_asked
from catalogue.producers.joining.services import application_start, application_write, missing_of
from catalogue.producers.models import Partner
from marketplace.accounts.models import User
from marketplace.customer.services import AccountStillNeeded, account_delete
from marketplace.notices.models import Notice
from tests.factories.joining import IDENTITY, applicant, filled_in, scan, sent_in
from tests.factories.places import CommuneFactory, ProvinceFactory
from tests.factories.producers import MembershipFactory, ProducerFactory

pytestmark = pytest.mark.django_db

OVERVIEW = "customer:joining"


def step(name: str) -> str:
    return reverse("customer:joining-step", kwargs={"step": name})


@pytest.fixture
def user() -> User:
    return applicant()


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_household_applies_from_first_tap_to_sent_in(client: Client, user: User) -> None:
    CommuneFactory()
    begun = client.post(reverse(OVERVIEW))
    assert begun.headers["Location"] == step("who")

    sent: list[tuple[str, dict[str, Any]]] = [
        ("who", {"kind": "household", "name": "Hộ Trần Thị Hộ", "province": "68", "commune": "Xuân Hương - Đà Lạt", "street": "12 Trần Phú"}),
        ("entry", {"producer": "new"}),
        ("particulars", {"tax_number": IDENTITY, "representative": "Trần Thị Hộ", "phone": "0912 000 001", "sells_food": "on"}),
        ("bank", {"bank_bin": "970436", "account_number": "0071 000 123 456", "account_holder": "Trần Thị Hộ"}),
        ("papers", {"kind": "business_registration", "file": scan()}),
        ("papers", {"kind": "food_safety", "file": scan()}),
        ("contract", {"accepted": "on", "digest": contract("vi").digest}),
    ]  # fmt: skip
    for name, values in sent:
        response = client.post(step(name), values)
        assert response.status_code == 302, (name, response.context["form"].errors)
    client.post(reverse("customer:joining-submit"))

    application = Application.objects.get()
    assert application.state == Application.State.SUBMITTED
    assert (application.tax_number, application.account_number) == (IDENTITY, "0071000123456")
    assert application.account_holder == "TRAN THI HO"
    assert application.commune_id == "24781"
    assert application.contract_digest == hashlib.sha256(contract("vi").text.encode()).hexdigest()
    assert application.contract_network == "127.0.0.0/24"
    assert list(ApplicationEvent.objects.values_list("action", "actor")) == [("submitted", user.pk)]
    assert set(Notice.objects.values_list("template", flat=True)) == {"application_news"}
    assert client.get(step("bank")).status_code == 404, "it is with the programme now"


def test_what_is_right_is_kept_beside_what_is_wrong(client: Client, user: User) -> None:
    application_start(user=user)

    page = client.post(
        step("particulars"),
        {"tax_number": "0100109107", "representative": "Lê Văn Đúng", "phone": "0912 000 002"},
    )

    assert page.status_code == 200
    assert "0100109107" in page.content.decode(), "what was typed stays to be put right"
    assert Application.objects.get().representative == "Lê Văn Đúng"
    assert Application.objects.get().tax_number == ""


def test_leaving_asks_for_nothing_more_and_going_on_begins_where_something_is_missing(
    client: Client, user: User
) -> None:
    application_start(user=user)

    left = client.post(step("who"), {"kind": "cooperative", "name": "HTX Sương", "leave": "1"})

    assert left.headers["Location"] == reverse(OVERVIEW)
    assert Application.objects.get().name == "HTX Sương"
    page = client.get(reverse(OVERVIEW)).content.decode()
    assert "địa chỉ có xã" in page or "Còn thiếu" in page
    assert client.post(reverse(OVERVIEW)).headers["Location"] == step("who")
    assert Application.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "is_right"), [("0100109106", True), ("0100109107", False), (IDENTITY, True), ("12345", False)]
)
def test_a_tax_number_has_its_check_digit(client: Client, user: User, number: str, is_right: bool) -> None:
    application_start(user=user)

    client.post(step("particulars"), {"tax_number": number, "representative": "A", "phone": "0912000001"})

    assert bool(Application.objects.get().tax_number) == is_right


@pytest.mark.parametrize(
    ("kind", "food", "alcohol", "papers"),
    [
        ("household", True, False, ["business_registration", "food_safety"]),
        ("cooperative_group", True, False, ["cooperation_contract", "food_safety"]),
        ("company", False, False, ["business_registration"]),
        ("cooperative", True, True, ["business_registration", "food_safety", "alcohol_licence"]),
    ],
)
def test_which_papers_are_asked_for_depends_on_kind_and_goods(
    kind: str, food: bool, alcohol: bool, papers: list[str]
) -> None:
    application = Application(kind=kind, sells_food=food, sells_alcohol=alcohol)

    assert [row.key for row in papers_asked(application)] == papers


def test_an_identity_number_given_as_registration_is_kept_where_it_is_encrypted(
    client: Client, user: User
) -> None:
    application_write(application=application_start(user=user), kind="household")

    client.post(
        step("particulars"),
        {"registration_number": IDENTITY, "representative": "Trần Thị Hộ", "phone": "0912000001"},
    )

    application = Application.objects.get()
    assert (application.registration_number, application.tax_number) == ("", IDENTITY)


def test_nothing_incomplete_goes_in(client: Client, user: User) -> None:
    application = filled_in(user)
    Paper.objects.filter(kind="food_safety").delete()
    application_write(application=application, bank_bin="")

    client.post(reverse("customer:joining-submit"))

    assert Application.objects.get().state == Application.State.DRAFT
    assert list(missing_of(application)) == ["bank", "papers"] or list(
        missing_of(Application.objects.get())
    ) == ["bank", "papers"]


@pytest.mark.parametrize(
    "upload",
    [
        SimpleUploadedFile("giay.pdf", b"<html><script>alert(1)</script>", "application/pdf"),
        SimpleUploadedFile("giay.png", b"MZ\x90", "image/png"),
    ],
)
def test_a_paper_is_judged_by_what_it_holds(client: Client, user: User, upload: SimpleUploadedFile) -> None:
    application_write(application=application_start(user=user), kind="household")

    page = client.post(step("papers"), {"kind": "business_registration", "file": upload})

    assert page.status_code == 200
    assert not Paper.objects.exists()


def test_a_paper_is_private_and_can_do_nothing(client: Client, user: User) -> None:
    paper = filled_in(user).papers.all()[0]
    path = reverse("customer:joining-paper", kwargs={"pk": paper.pk})

    own = client.get(path)
    assert b"".join(own.streaming_content) == b"%PDF-1.4 giay"
    assert own.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert own.headers["X-Content-Type-Options"] == "nosniff"
    assert own.headers["Cache-Control"].startswith("private, no-store")

    stranger = Client()
    assert stranger.get(path).status_code == 302
    stranger.force_login(applicant(2))
    assert stranger.get(path).status_code == 404
    assert client.get(f"/media/{paper.file.name}").status_code == 404


def test_a_removed_paper_leaves_no_file(
    client: Client, user: User, django_capture_on_commit_callbacks: Any
) -> None:
    paper = filled_in(user).papers.all()[0]

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("customer:joining-paper-remove", kwargs={"pk": paper.pk}))

    assert not Paper.objects.filter(pk=paper.pk).exists()
    assert not paper.file.storage.exists(paper.file.name)


@pytest.mark.parametrize(
    "known", ["HTX Atisô Đà Lạt", "Hợp tác xã nông nghiệp Atiso Đà Lạt", "HTX ATISO ĐÀ LAT"]
)
def test_an_entry_of_a_decision_list_is_found_by_name_in_the_province(user: User, known: str) -> None:
    entry = ProducerFactory(name=known, seller_state="unverified")
    ProducerFactory(name="HTX Cà phê Cầu Đất")
    ProducerFactory(
        name=known,
        commune=CommuneFactory(
            code="00004", name="Phường Ba Đình", province=ProvinceFactory(code="01", name="Hà Nội")
        ),
    )
    application = application_write(
        application=application_start(user=user), name="Hợp tác xã Atiso Đà Lạt", commune=CommuneFactory()
    )

    assert entries_like(application) == [entry]


def test_finding_an_entry_costs_the_same_among_many(user: User) -> None:
    application = application_write(
        application=application_start(user=user), name="HTX Atiso Đà Lạt", commune=CommuneFactory()
    )
    ProducerFactory(name="HTX Atiso Đà Lạt")
    with CaptureQueriesContext(connection) as few:
        entries_like(application)
    ProducerFactory.create_batch(60)
    with CaptureQueriesContext(connection) as many:
        entries_like(application)

    assert len(few) == len(many) == 2


def test_a_number_that_we_know_finds_its_entry_in_any_province(user: User) -> None:
    entry = ProducerFactory(
        name="Trang trại Khác Hẳn",
        tax_number=IDENTITY,
        commune=CommuneFactory(
            code="00004", name="Phường Ba Đình", province=ProvinceFactory(code="01", name="Hà Nội")
        ),
    )
    application = filled_in(user)

    assert entry in entries_like(application)


def test_claiming_asks_by_which_paper(client: Client, user: User) -> None:
    entry = ProducerFactory(name="HTX Atiso Đà Lạt", seller_state="unverified")
    filled_in(user, name="HTX Atiso Đà Lạt", kind="cooperative", tax_number="0100109106")

    refused = client.post(step("entry"), {"producer": entry.pk})
    taken = client.post(step("entry"), {"producer": entry.pk, "claim": "Quyết định 12/QĐ-UBND"})

    assert refused.status_code == 200
    assert taken.status_code == 302
    assert Application.objects.get().producer == entry
    assert Partner.objects.get(pk=entry.pk).seller_state == "unverified", "a claim alone changes nothing"


def test_owners_of_a_claimed_entry_are_told(user: User) -> None:
    entry = ProducerFactory(name="HTX Atiso")
    MembershipFactory(producer=entry, user=User.objects.create_user("chu-cu@example.vn"))

    sent_in(user, producer=entry, claim="Quyết định 12")

    assert Notice.objects.filter(template="producer_claimed", recipient="chu-cu@example.vn").exists()


def test_one_person_has_one_application_under_way(user: User) -> None:
    assert application_start(user=user) == application_start(user=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(applicant=user)


def test_who_leaves_takes_a_draft_along_but_not_what_was_sent_in(
    user: User, django_capture_on_commit_callbacks: Any
) -> None:
    paper = filled_in(user).papers.all()[0]
    other = applicant(2)
    sent_in(other)

    with django_capture_on_commit_callbacks(execute=True):
        account_delete(user=user)

    assert not Application.objects.filter(applicant_id=user.pk).exists()
    assert not paper.file.storage.exists(paper.file.name)
    with pytest.raises(AccountStillNeeded):
        account_delete(user=other)


def test_both_languages_have_the_whole_contract() -> None:
    assert len(contract("vi").paragraphs) == len(contract("en").paragraphs)
    assert contract("vi").digest != contract("en").digest


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_step_opens_in_both_languages(client: Client, user: User, language: str) -> None:
    from django.utils import translation

    filled_in(user)
    with translation.override(language):
        paths = [
            reverse(OVERVIEW),
            *(step(name) for name in ("who", "entry", "particulars", "bank", "papers", "contract")),
        ]
    for path in paths:
        assert client.get(path).status_code == 200, path
