"""The producer's queue, its saved answers, the programme's desk: what each sees, and what comes of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalogue.models import Product
from catalogue.producers.models import Membership
from catalogue.questions.models import Question, SavedAnswer
from catalogue.questions.services import answer_hide, question_hide, question_report
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from marketplace.moderation.models import BlockedWord
from tests.factories.catalogue import sold_pack
from tests.factories.places import ProvinceFactory
from tests.factories.producers import MembershipFactory
from tests.factories.questions import answered, asked

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def member() -> Membership:
    return MembershipFactory(
        producer=sold_pack().parent.producer,
        user=User.objects.create_user("htx@example.vn", full_name="Lê Thị Hạnh"),
    )


@pytest.fixture
def desk(member: Membership) -> Client:
    return signed_in(member.user)


def good_of(member: Membership) -> Product:
    return Product.objects.get(producer=member.producer, parent=None)


def own(name: str, member: Membership, **kwargs: int) -> str:
    return reverse(f"dashboard:{name}", kwargs={"producer_pk": member.producer_id, **kwargs})


def support(*provinces: str) -> User:
    user = User.objects.create_user(f"hotro{''.join(provinces)}@example.vn")
    role = StaffRole.objects.create(user=user, role=StaffRole.Role.SUPPORT)
    role.provinces.set([ProvinceFactory(code=code) for code in provinces])
    return user


def test_what_waits_longest_stands_first_and_the_day_begins_with_it(desk: Client, member: Membership) -> None:
    good = good_of(member)
    old, young = asked(good, "Câu cũ?"), asked(good, "Câu mới?")
    Question.objects.filter(pk=old.pk).update(asked_at=timezone.now() - timedelta(days=2))
    answered(good, text="Đã trả lời?")
    question_hide(question=asked(good, "Bị ẩn?"), ground="insult")
    asked(text="Của người khác?")

    page = desk.get(own("own-questions", member)).content.decode()
    today = desk.get(own("today", member)).content.decode()

    assert page.index("Câu cũ?") < page.index("Câu mới?")
    assert [text in page for text in ("Đã trả lời?", "Bị ẩn?", "Của người khác?")] == [False] * 3
    assert "câu hỏi của người mua" in today
    assert "Câu cũ nhất đã chờ 2 ngày." in today
    assert own("own-questions", member) in today
    assert "Đã trả lời?" in desk.get(own("own-questions", member) + "?show=answered").content.decode()
    assert young.waits_for_answer


def test_an_answer_is_sent_refused_in_words_and_noted(desk: Client, member: Membership) -> None:
    question = asked(good_of(member))
    address = own("own-question-answer", member, pk=question.pk)

    refused = desk.post(address, {"text": "Gọi 0912 345 678 cho nhanh"})
    sent = desk.post(address, {"text": "Được, ngâm lâu hơn."})
    again = desk.post(address, {"text": "Lần nữa"})

    question.refresh_from_db()
    assert [refused.status_code, sent.status_code, again.status_code] == [422, 302, 422]
    assert "Gọi 0912 345 678 cho nhanh" in refused.content.decode()
    assert (question.answer, question.answered_by) == ("Được, ngâm lâu hơn.", member.user)
    assert AuditEvent.objects.get().action == "question.answered"


def test_a_saved_answer_goes_into_the_field_behind_what_was_typed(desk: Client, member: Membership) -> None:
    question = asked(good_of(member))
    saved = SavedAnswer.objects.create(producer=member.producer, title="Bảo quản", text="Để nơi khô mát.")
    foreign = SavedAnswer.objects.create(
        producer=sold_pack().parent.producer, title="Của người khác", text="Bí quyết riêng"
    )
    address = own("own-question-answer", member, pk=question.pk)

    page = desk.post(address, {"text": "Chào bạn.", "insert": saved.pk}).content.decode()
    other = desk.post(address, {"text": "Chào bạn.", "insert": foreign.pk}).content.decode()

    assert "Chào bạn.\n\nĐể nơi khô mát." in page
    assert "Bí quyết riêng" not in other
    assert "Chào bạn." in other
    assert Question.objects.get().answer == ""


def test_saved_answers_are_written_changed_and_deleted(desk: Client, member: Membership) -> None:
    desk.post(own("own-saved-answer-new", member), {"title": "Bảo quản", "text": "Nơi khô mát"})
    saved = SavedAnswer.objects.get()
    twice = desk.post(own("own-saved-answer-new", member), {"title": "Bảo quản", "text": "Khác"})
    desk.post(own("own-saved-answer", member, pk=saved.pk), {"title": "Cách bảo quản", "text": "Tủ mát"})
    saved.refresh_from_db()
    desk.post(own("own-saved-answer-delete", member, pk=saved.pk))

    assert twice.status_code == 422
    assert "Đã có câu trả lời mẫu tên này." in twice.content.decode()
    assert (saved.title, saved.text) == ("Cách bảo quản", "Tủ mát")
    assert not SavedAnswer.objects.exists()


def test_whose_answer_was_hidden_is_asked_for_another(desk: Client, member: Membership) -> None:
    question = answered(good_of(member), answer="Khỏi bệnh ngay.")
    answer_hide(question=question, ground="medical")

    page = desk.get(own("own-questions", member)).content.decode()
    desk.post(own("own-question-answer", member, pk=question.pk), {"text": "Trà là thức uống."})

    assert "Câu trả lời của bạn không còn hiện" in page
    question.refresh_from_db()
    assert (question.answer, question.answer_hidden_ground) == ("Trà là thức uống.", "")


def test_who_left_the_producer_sees_nothing(desk: Client, member: Membership) -> None:
    question = asked(good_of(member))
    member.delete()

    for address in (own("own-questions", member), own("own-question-answer", member, pk=question.pk)):
        assert desk.get(address).status_code == 404
    assert desk.get(reverse("questions:report", args=[question.pk])).status_code == 404


def test_an_accountant_reads_and_does_not_answer(member: Membership) -> None:
    Membership.objects.update(role=Membership.Role.ACCOUNTANT)
    question = asked(good_of(member))
    client = signed_in(member.user)

    page = client.get(own("own-questions", member))

    assert page.status_code == 200
    assert own("own-question-answer", member, pk=question.pk) not in page.content.decode()
    assert client.post(own("own-question-answer", member, pk=question.pk), {"text": "Có"}).status_code == 403


def test_reports_reach_the_programme_of_the_province_which_decides_on_a_ground() -> None:
    question = answered(text="Đồ dở?")
    question_report(question=question, ground="insult", note="Khó nghe")
    here, elsewhere = signed_in(support("68")), signed_in(support("01"))

    listed = here.get(reverse("dashboard:questions") + "?show=reported").content.decode()
    step = {"pk": question.pk, "step": "hide"}
    lacking = here.post(reverse("dashboard:question-step", kwargs=step), {"note": "Vì thế"})
    away = elsewhere.post(reverse("dashboard:question-step", kwargs=step), {"ground": "insult"})
    here.post(reverse("dashboard:question-step", kwargs=step), {"ground": "insult", "note": "Vì thế"})

    assert "Đồ dở?" in listed
    assert "câu hỏi bị báo cáo" not in here.get(reverse("dashboard:programme")).content.decode()
    assert (lacking.status_code, away.status_code) == (422, 404)
    question.refresh_from_db()
    assert (question.state, question.hidden_ground) == ("hidden", "insult")
    assert "Vì thế" in here.get(reverse("dashboard:question", kwargs={"pk": question.pk})).content.decode()
    assert AuditEvent.objects.get(action="question.hidden").changes == {"ground": "insult"}


@pytest.mark.parametrize(
    ("step", "sent", "state"),
    [
        ("hide-answer", {"ground": "medical"}, ("shown", "medical")),
        ("dismiss", {"note": "Câu hỏi hợp lệ"}, ("shown", "")),
    ],
)
def test_the_programme_hides_an_answer_alone_or_dismisses(
    step: str, sent: dict[str, str], state: tuple[str, str]
) -> None:
    question = answered()
    question_report(question=question, ground="medical")
    client = signed_in(support())
    waiting = client.get(reverse("dashboard:programme")).content.decode()

    client.post(reverse("dashboard:question-step", kwargs={"pk": question.pk, "step": step}), sent)

    question.refresh_from_db()
    assert "câu hỏi bị báo cáo" in waiting
    assert (question.state, question.answer_hidden_ground) == state
    assert not question.reports.filter(settled_at=None).exists()


def test_blocked_words_belong_to_administrators_of_all_provinces() -> None:
    address = reverse("dashboard:blocked-word-new")
    sent = {"text": "hàng dỏm", "kind": "insult", "language": "vi"}
    admin = User.objects.create_user("quantri@example.vn")
    StaffRole.objects.create(user=admin, role=StaffRole.Role.ADMIN)

    refused = signed_in(support()).post(address, sent)
    saved = signed_in(admin).post(address, sent)
    twice = signed_in(admin).post(address, sent)

    assert [refused.status_code, saved.status_code, twice.status_code] == [403, 302, 422]
    word = BlockedWord.objects.get(text="hàng dỏm")
    assert word.key == "hang dom"
    found = signed_in(admin).get(reverse("dashboard:blocked-words"), {"q": "hang dom"}).content.decode()
    assert reverse("dashboard:blocked-word", kwargs={"pk": word.pk}) in found
    signed_in(admin).post(reverse("dashboard:blocked-word-delete", kwargs={"pk": word.pk}))
    assert not BlockedWord.objects.filter(text="hàng dỏm").exists()
