"""The programme looks at an application, and whatever it answers reaches the applicant."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.producers.joining.models import Application, ApplicationEvent
from catalogue.producers.matching import producer_key
from catalogue.producers.models import Membership, Partner, SellerEvent
from checkout.settlement.payouts.models import BankAccount
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from marketplace.notices.models import Notice
from tests.factories.joining import IDENTITY, all_checked, applicant, sent_in
from tests.factories.places import ProvinceFactory
from tests.factories.producers import MembershipFactory, ProducerFactory

pytestmark = pytest.mark.django_db

State = Application.State


@pytest.fixture
def admin() -> User:
    user = User.objects.create_user("quan-tri@example.vn", full_name="Lê Thị Kiểm")
    StaffRole.objects.create(user=user, role="admin")
    return user


@pytest.fixture
def desk(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def page_of(application: Application) -> str:
    return reverse("dashboard:application", kwargs={"pk": application.pk})


def answer(desk: Client, application: Application, name: str, words: str = "", **values: Any) -> Any:
    if name == "approve":
        path = reverse("dashboard:application-approve", kwargs={"pk": application.pk})
        return desk.post(path, {"checked": all_checked(application), "words": words, **values})
    path = reverse("dashboard:application-step", kwargs={"pk": application.pk, "step": name})
    return desk.post(path, {"words": words, **values})


def told(user: User) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(template="application_news", channel="mail", recipient=user.email).order_by(
        "pk"
    )
    return [(row.context["news"], row.context["text"]) for row in rows]


def test_approved_the_producer_sells_its_applicant_owns_it_and_its_account_is_with_finance(
    desk: Client, admin: User
) -> None:
    user = applicant()
    application = sent_in(user)

    assert answer(desk, application, "approve").status_code == 302

    producer = Partner.objects.get(name="Hộ kinh doanh Trần Thị Hộ")
    assert (producer.seller_state, producer.kind, producer.tax_number) == ("verified", "household", IDENTITY)
    assert producer.commune_id == "24781"
    assert producer.code == "ho-kinh-doanh-tran-thi-ho"
    assert Membership.objects.get().role == "owner"
    account = BankAccount.objects.get()
    assert (account.producer, account.number, account.given_by, account.holder_fits) == (
        producer,
        "0071000123456",
        user,
        True,
    )
    assert list(SellerEvent.objects.values_list("action", "actor")) == [("verified", admin.pk)]
    event = ApplicationEvent.objects.get(action="approved")
    assert (event.actor, event.checked) == (admin, sorted(all_checked(application)))
    assert told(user) == [("received", ""), ("approved", "")]
    assert AuditEvent.objects.filter(action="application.approved", actor=admin).exists()
    workplace = Client()
    workplace.force_login(user)
    assert workplace.get(reverse("dashboard:today", kwargs={"producer_pk": producer.pk})).status_code == 200


def test_what_was_not_looked_at_is_not_approved_and_typed_words_stay(desk: Client) -> None:
    application = sent_in(applicant())

    page = answer(desk, application, "approve", "Chào mừng", checked=["name"])

    assert page.status_code == 422
    assert "Chào mừng" in page.content.decode()
    assert not Partner.objects.exists()
    assert Application.objects.get().state == State.SUBMITTED
    assert not BankAccount.objects.exists()


def test_more_is_asked_for_put_right_and_sent_in_again(desk: Client) -> None:
    user = applicant()
    application = sent_in(user)

    answer(desk, application, "ask", "Ảnh giấy đăng ký bị mờ")
    own = Client()
    own.force_login(user)
    page = own.get(reverse("customer:joining")).content.decode()
    assert "Ảnh giấy đăng ký bị mờ" in page
    own.post(reverse("customer:joining-submit"))

    assert list(ApplicationEvent.objects.values_list("action", flat=True)) == [
        "submitted",
        "asked",
        "submitted",
    ]
    assert told(user) == [("received", ""), ("asked", "Ảnh giấy đăng ký bị mờ"), ("received", "")]


def test_refused_with_a_reason_and_opened_again(desk: Client) -> None:
    user = applicant()
    application = sent_in(user)

    assert answer(desk, application, "refuse").status_code == 422
    answer(desk, application, "refuse", "Giấy không phải của bạn")
    assert Application.objects.get().state == State.REFUSED
    answer(desk, application, "reopen", "Đã gọi điện, giấy đúng")

    assert Application.objects.get().state == State.ASKED
    assert [news for news, _words in told(user)] == ["received", "refused", "reopened"]


def test_a_claimed_entry_keeps_its_goods_and_its_place_in_the_list(desk: Client) -> None:
    entry = ProducerFactory(name="HTX Trần Thị Hộ", code="htx-tran", seller_state="unverified", match_key="")
    application = sent_in(applicant(), producer=entry, claim="QĐ 12")

    answer(desk, application, "approve")

    entry.refresh_from_db()
    assert Partner.objects.count() == 1
    assert (entry.seller_state, entry.code, entry.name) == (
        "verified",
        "htx-tran",
        "Hộ kinh doanh Trần Thị Hộ",
    )
    assert entry.match_key == producer_key("HTX Trần Thị Hộ")


def test_a_number_that_another_entry_has_makes_no_twin(desk: Client) -> None:
    ProducerFactory(name="HTX Đã Có", tax_number=IDENTITY)
    application = sent_in(applicant())

    page = answer(desk, application, "approve")

    assert page.status_code == 422
    assert "HTX Đã Có" in page.content.decode()
    assert Partner.objects.count() == 1


def test_of_two_who_claim_one_entry_one_gets_it_with_a_reason_and_both_are_told(desk: Client) -> None:
    entry = ProducerFactory(name="HTX Tranh Chấp", seller_state="unverified")
    first, second = applicant(1), applicant(2)
    one = sent_in(first, producer=entry, claim="QĐ 12")
    other = sent_in(second, producer=entry, claim="Tôi là chủ", tax_number="0100109106")

    page = desk.get(page_of(one)).content.decode()
    assert page_of(other) in page
    assert answer(desk, one, "approve").status_code == 422, "why it is this one has to be said"
    answer(desk, one, "approve", "Đối chiếu bản gốc QĐ 12")

    other.refresh_from_db()
    assert (other.state, entry.memberships.get().user) == (State.REFUSED, first)
    assert told(second)[-1] == ("refused", "Đối chiếu bản gốc QĐ 12")


def test_an_entry_that_somebody_owns_is_given_with_a_reason_and_its_owner_stays(desk: Client) -> None:
    entry = ProducerFactory()
    MembershipFactory(producer=entry, user=User.objects.create_user("chu-cu@example.vn"))
    application = sent_in(applicant(), producer=entry, claim="QĐ 12")

    assert answer(desk, application, "approve").status_code == 422
    assert answer(desk, application, "approve", "Chủ cũ đồng ý qua điện thoại").status_code == 302
    assert entry.memberships.count() == 2


def test_a_known_account_is_not_changed_by_a_claim(desk: Client) -> None:
    from tests.factories.payouts import account_of

    entry = ProducerFactory()
    kept = account_of(entry)
    application = sent_in(applicant(), producer=entry, claim="QĐ 12")

    answer(desk, application, "approve", "Đối chiếu bản gốc")

    assert BankAccount.objects.get() == kept


def test_nobody_decides_about_their_own(admin: User, desk: Client) -> None:
    application = sent_in(admin)

    page = answer(desk, application, "approve")

    assert page.status_code == 422
    assert Application.objects.get().state == State.SUBMITTED


def test_approving_asks_for_the_second_factor(desk: Client, settings: Any) -> None:
    settings.MONEY_NEEDS_SECOND_FACTOR = True
    application = sent_in(applicant())

    assert answer(desk, application, "approve").status_code == 403
    assert Application.objects.get().state == State.SUBMITTED


def test_full_numbers_and_papers_are_seen_by_who_decides_and_each_look_is_noted(desk: Client) -> None:
    application = sent_in(applicant())

    page = desk.get(page_of(application)).content.decode()
    assert IDENTITY in page
    assert "0071000123456" not in page
    paper = application.papers.all()[0]
    served = desk.get(reverse("dashboard:application-paper", kwargs={"pk": paper.pk}))
    assert b"".join(served.streaming_content)

    looks = AuditEvent.objects.filter(action__in=["number.seen", "paper.seen"]).values_list(
        "action", "changes"
    )
    assert sorted(looks) == [
        ("number.seen", {"fields": ["tax_number"]}),
        ("paper.seen", {"paper": "business_registration"}),
    ]


@pytest.mark.parametrize("role", ["support", "finance", "catalogue", "campaign"])
def test_other_roles_see_no_application(role: str) -> None:
    application = sent_in(applicant())
    user = User.objects.create_user(f"{role}@example.vn")
    StaffRole.objects.create(user=user, role=role)
    client = Client()
    client.force_login(user)

    paper = reverse("dashboard:application-paper", kwargs={"pk": application.papers.all()[0].pk})
    assert client.get(page_of(application)).status_code == 403
    assert client.get(paper).status_code == 403


def test_a_verifier_sees_the_own_provinces_alone() -> None:
    application = sent_in(applicant())
    user = User.objects.create_user("tinh-khac@example.vn")
    StaffRole.objects.create(user=user, role="verifier").provinces.add(
        ProvinceFactory(code="01", name="Hà Nội")
    )
    client = Client()
    client.force_login(user)

    assert client.get(page_of(application)).status_code == 404
    assert application.name not in client.get(reverse("dashboard:applications")).content.decode()
    paper = reverse("dashboard:application-paper", kwargs={"pk": application.papers.all()[0].pk})
    assert client.get(paper).status_code == 404


def test_a_draft_is_its_applicants_own(desk: Client) -> None:
    from tests.factories.joining import filled_in

    application = filled_in(applicant())

    assert desk.get(page_of(application)).status_code == 404


def test_the_list_costs_the_same_for_many(desk: Client) -> None:
    sent_in(applicant(1))
    path = reverse("dashboard:applications")
    desk.get(path)
    with CaptureQueriesContext(connection) as few:
        desk.get(path)
    for number in range(2, 9):
        sent_in(applicant(number))
    with CaptureQueriesContext(connection) as many:
        desk.get(path)

    assert len(many) == len(few)
    assert len(many) <= 15


def test_the_history_never_changes() -> None:
    sent_in(applicant())

    for change in (
        lambda: ApplicationEvent.objects.update(words="Khác"),
        lambda: ApplicationEvent.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_stopping_a_producer_and_letting_it_go_on_reaches_its_owners(desk: Client) -> None:
    producer = ProducerFactory(representative="Lê Văn A", street="12 Trần Phú")
    MembershipFactory(producer=producer, user=User.objects.create_user("chu@example.vn"))

    for screen, reason in [("producer-suspend", "Giao chậm"), ("producer-verify", "Đã cam kết")]:
        desk.post(reverse(f"dashboard:{screen}", kwargs={"pk": producer.pk}), {"reason": reason})

    told_ = Notice.objects.filter(template="seller_decided", recipient="chu@example.vn").order_by("pk")
    assert [(one.context["news"], one.context["text"]) for one in told_] == [
        ("suspended", "Giao chậm"),
        ("verified", ""),
    ]
