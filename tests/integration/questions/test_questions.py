"""Questions on goods: public with their answer, without ways around the shop, judged afterwards, answered in time."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.addresses import producer_url
from catalogue.models import Product
from catalogue.producers.models import Partner
from catalogue.questions.errors import AnswerRefused, QuestionRefused, SavedAnswerRefused
from catalogue.questions.models import Question, QuestionEvent, QuestionReport, SavedAnswer
from catalogue.questions.saved import MOST_SAVED, saved_answer_save
from catalogue.questions.selectors import answer_time
from catalogue.questions.services import (
    answer_hide,
    answer_restore,
    question_answer,
    question_hide,
    question_report,
    question_reports_dismiss,
    question_restore,
)
from marketplace.accounts.models import User
from marketplace.customer.services import account_delete, personal_data
from marketplace.moderation.errors import BlockedWordRefused
from marketplace.moderation.models import BlockedWord
from marketplace.moderation.services import blocked_word_save
from marketplace.notices.models import Notice
from tests.factories.catalogue import sold_pack
from tests.factories.producers import MembershipFactory
from tests.factories.questions import answered, asked, asker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def page_of(good: Product) -> str:
    """Return the page as it is after the last change; inside a test's transaction no change reaches the cache by itself."""
    cache.clear()
    return Client().get(good.get_absolute_url()).content.decode()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address_of(name: str, good: Product) -> str:
    return reverse(f"questions:{name}", kwargs={"slug": good.slug, "pk": good.pk})


# --- Asking ------------------------------------------------------------------------------------------------------


def test_a_buyer_asks_from_the_page_of_the_good_and_the_producer_is_told() -> None:
    good = sold_pack().parent
    MembershipFactory(producer=good.producer, user=User.objects.create_user("htx@example.vn"))
    link = address_of("ask", good)

    offered = link in page_of(good)
    sent = signed_in(asker()).post(link, {"text": " Pha lạnh được không? "})

    question = Question.objects.get()
    assert (offered, sent.status_code) == (True, 200)
    assert (question.product, question.text, question.asker_name) == (good, "Pha lạnh được không?", "Hoa T.")
    assert Notice.objects.get(template="producer_question_new").recipient == "htx@example.vn"
    assert "Pha lạnh được không?" not in page_of(good), "public once it is answered"


def test_a_double_tap_asks_once() -> None:
    good = sold_pack().parent

    assert asked(good).pk == asked(good).pk
    assert Notice.objects.filter(template="producer_question_new").count() == 1


def test_whoever_is_not_signed_in_is_led_there_and_back() -> None:
    good = sold_pack().parent

    answer = Client().get(address_of("ask", good))

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))
    assert answer.headers["Location"].endswith("next=" + address_of("ask", good))


def test_nobody_asks_of_what_is_not_shown_or_where_nobody_reads_it() -> None:
    shown, hidden = sold_pack().parent, sold_pack().parent
    Partner.objects.filter(pk=shown.producer_id).update(seller_state="unverified")
    Product.objects.filter(pk=hidden.pk).update(is_public=False)
    hidden.certificates.update(verified_at=None)
    client = signed_in(asker())

    assert address_of("ask", shown) not in page_of(shown)
    for good in (shown, hidden):
        assert client.post(address_of("ask", good), {"text": "Còn hàng không?"}).status_code == 404


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Gọi em 0912 345 678 nhé", "bỏ số điện thoại “0912 345 678”"),
        ("Gửi giá về lan@example.com", "bỏ địa chỉ thư “lan@example.com”"),
        ("Xem ở www.tra.com", "bỏ đường dẫn “www.tra.com”"),
        ("Có za lo không?", "bỏ “za lo”"),
        ("Z.A.L.O của shop?", "bỏ “za lo”"),
        ("Đồ k h ố n nạn", "bỏ “khốn nạn”"),
        ("What the FUCK", "bỏ “fuck”"),
    ],
)
def test_what_leads_around_the_shop_or_insults_is_refused_in_words_and_stays_typed(
    text: str, why: str
) -> None:
    good = sold_pack().parent

    answer = signed_in(asker()).post(address_of("ask", good), {"text": text})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert why in page
    assert text in page
    assert not Question.objects.exists()


def test_an_ordinary_question_is_none_of_that() -> None:
    for text in (
        "Uống cho dễ ngủ không?",
        "Gạo dẻo, vài lon, hạt óc chó: giao 05/12/2026 10:30, giá 150.000đ?",
    ):
        asked(sold_pack().parent, text)

    assert Question.objects.count() == 2


def test_somebody_asks_a_few_times_an_hour() -> None:
    good = sold_pack().parent
    client = signed_in(asker())

    answers = [client.post(address_of("ask", good), {"text": f"Câu thứ {number}?"}) for number in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert "Câu thứ 10?" in answers[-1].content.decode()
    assert Question.objects.count() == 10


# --- Answering -----------------------------------------------------------------------------------------------------


def test_question_and_answer_stand_on_the_page_and_whoever_asked_is_told() -> None:
    question = asked(text="Pha <b>lạnh</b>?")
    before = page_of(question.product)

    question_answer(question=question, text="Được, ngâm lâu hơn.")

    page = page_of(question.product)
    assert "lạnh" not in before
    assert "Pha &lt;b&gt;lạnh&lt;/b&gt;?" in page
    assert "Được, ngâm lâu hơn." in page
    assert "Hoa T." in page
    assert "Trần" not in page
    assert Notice.objects.get(template="question_answered").recipient == "hoi@example.vn"


@pytest.mark.parametrize("text", ["", "   ", "Gọi 0912345678", "Kết bạn với em"])
def test_an_answer_obeys_the_same_rules(text: str) -> None:
    question = asked()

    with pytest.raises(AnswerRefused):
        question_answer(question=question, text=text)

    assert Question.objects.get().answer == ""


def test_a_question_is_answered_once() -> None:
    question = answered()

    with pytest.raises(AnswerRefused):
        question_answer(question=question, text="Lần nữa")


def test_only_the_newest_stand_on_the_page_and_all_have_a_page_that_pages() -> None:
    good = sold_pack().parent
    for number in range(21):
        answered(good, text=f"Câu hỏi số {number}?", hours=100 - number)

    page, first = page_of(good), Client().get(address_of("of-good", good))
    second = Client().get(address_of("of-good", good), {"page": 2})

    assert [f"Câu hỏi số {number}?" in page for number in (20, 18, 17)] == [True, True, False]
    assert address_of("of-good", good) in page
    assert first.content.decode().count('class="review"') == 20
    assert second.content.decode().count('class="review"') == 1
    assert Client().get(address_of("of-good", good).replace(good.slug, "ten-cu")).status_code == 301


def test_many_questions_cost_the_page_as_many_queries_as_one() -> None:
    good = sold_pack().parent
    answered(good)

    def queries(address: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            Client().get(address)
        return len(caught)

    addresses = [good.get_absolute_url(), address_of("of-good", good)]
    for address in addresses:
        queries(address)
    few = [queries(address) for address in addresses]
    for number in range(30):
        answered(good, text=f"Câu hỏi số {number}?")

    assert [queries(address) for address in addresses] == few


def test_what_was_kept_of_a_page_ends_with_each_change(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        question = answered(answer="Được nhé.")
    steps = [
        (lambda: answer_hide(question=question, ground="medical"), False),
        (lambda: answer_restore(question=question), True),
        (lambda: question_hide(question=question, ground="insult"), False),
        (lambda: question_restore(question=question), True),
    ]
    for step, is_shown in steps:
        with django_capture_on_commit_callbacks(execute=True):
            step()
        page = Client().get(question.product.get_absolute_url()).content.decode()
        assert ("Được nhé." in page) is is_shown


def test_the_pages_are_the_same_for_everybody() -> None:
    good = answered().product

    for address in (good.get_absolute_url(), address_of("of-good", good), reverse("questions:rules")):
        response = signed_in(asker("khach@example.vn")).get(address)
        assert "cookie" not in response.headers.get("Vary", "").lower()
        assert response.headers["Cache-Control"].startswith("public")


# --- How soon ------------------------------------------------------------------------------------------------------


def test_how_soon_a_producer_answers_is_said_from_a_few_answers_on() -> None:
    good = sold_pack().parent
    for number, hours in enumerate((1, 2, 4.5, 30)):
        answered(good, text=f"Câu {number}?", hours=hours)
    few = answer_time(good.producer_id)

    answered(good, text="Câu nữa?", hours=9)

    assert few is None
    time = answer_time(good.producer_id)
    assert time is not None
    assert time.words == "Thường trả lời trong 5 giờ"
    cache.clear()
    for address in (good.get_absolute_url(), producer_url(code=good.producer.code, language="vi")):
        assert "Thường trả lời trong 5 giờ" in Client().get(address).content.decode()


def test_questions_left_lying_count_young_ones_and_old_times_do_not() -> None:
    good = sold_pack().parent
    for number in range(5):
        answered(good, text=f"Câu {number}?", hours=2)
    for number in range(6):
        waiting = asked(good, f"Chờ {number}?")
        Question.objects.filter(pk=waiting.pk).update(asked_at=timezone.now() - timedelta(days=4))
    for number in range(9):
        asked(good, f"Vừa hỏi {number}?")
        Question.objects.filter(pk=answered(good, text=f"Xưa {number}?").pk).update(
            asked_at=timezone.now() - timedelta(days=91)
        )

    time = answer_time(good.producer_id)

    assert time is not None
    assert time.words == "Thường trả lời trong 4 ngày" or time.words == "Thường trả lời trong 5 ngày"


def test_another_producer_s_answers_say_nothing_of_this_one() -> None:
    other = sold_pack().parent
    for number in range(6):
        answered(other, text=f"Câu {number}?")

    assert answer_time(sold_pack().parent.producer_id) is None


# --- Moderation ------------------------------------------------------------------------------------------------------


def test_a_hidden_question_stands_nowhere_and_whoever_asked_is_told_the_ground() -> None:
    question = answered(text="Đồ dở hơi?")

    hidden = [question_hide(question=question, ground="insult", note="Lời lẽ") for _time in range(2)]

    assert hidden == [True, False]
    cache.clear()
    for address in (question.product.get_absolute_url(), address_of("of-good", question.product)):
        assert "Đồ dở hơi?" not in Client().get(address).content.decode()
    notice = Notice.objects.get(template="question_hidden")
    assert notice.context["ground"] == "Xúc phạm hoặc đe doạ người khác"
    assert question_restore(question=question)
    assert "Đồ dở hơi?" in page_of(question.product)
    assert [event.action for event in question.events.all()] == ["hidden", "shown"]


def test_an_answer_alone_is_hidden_and_another_takes_its_place() -> None:
    question = answered(answer="Uống là khỏi bệnh.")
    good = question.product
    MembershipFactory(producer=good.producer, user=User.objects.create_user("htx@example.vn"))

    answer_hide(question=question, ground="medical")
    between = page_of(good)
    question_answer(question=question, text="Trà là thức uống.")

    assert "khỏi bệnh" not in between
    assert "Trà là thức uống." in page_of(good)
    assert Notice.objects.get(template="producer_answer_hidden").recipient == "htx@example.vn"
    assert list(question.events.values_list("action", "text")) == [
        ("answer_hidden", ""),
        ("answered_anew", "Uống là khỏi bệnh."),
    ]


def test_a_hidden_answer_can_be_shown_again() -> None:
    question = answered()
    answer_hide(question=question, ground="medical")

    assert answer_restore(question=question)
    assert not answer_restore(question=question)
    assert question.answer in page_of(question.product)


def test_anybody_reports_once_each_and_visitors_only_a_few_times() -> None:
    question = answered()
    address = reverse("questions:report", args=[question.pk])
    reader = signed_in(User.objects.create_user("doc@example.vn"))

    for client in (reader, reader, *(Client() for _number in range(7))):
        assert client.post(address, {"ground": "advertising"}).status_code == 200
    lacking = Client().post(address, {"note": "Không chọn"})

    assert QuestionReport.objects.filter(reporter__isnull=False).count() == 1
    assert QuestionReport.objects.filter(reporter=None).count() == 5
    assert lacking.status_code == 422
    assert question_reports_dismiss(question=question) == 6
    assert question_reports_dismiss(question=question) == 0


def test_reporting_has_its_limit() -> None:
    question = answered()
    address = reverse("questions:report", args=[question.pk])

    answers = [Client().post(address, {"ground": "insult"}).status_code for _time in range(31)]

    assert answers == [200] * 30 + [429]


def test_what_is_not_public_only_the_producer_s_people_report() -> None:
    question = asked()
    member = MembershipFactory(
        producer=question.product.producer, user=User.objects.create_user("htx@example.vn")
    )
    stranger = MembershipFactory(user=User.objects.create_user("khac@example.vn"))
    address = reverse("questions:report", args=[question.pk])

    seen = [
        client.get(address).status_code
        for client in (Client(), signed_in(stranger.user), signed_in(member.user))
    ]

    assert seen == [404, 404, 200]


def test_the_rules_are_public() -> None:
    page = Client().get(reverse("questions:rules")).content.decode()

    assert "Để lộ thông tin cá nhân" in page
    assert "90 ngày" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "hidden"},
        {"hidden_ground": "insult"},
        {"answer": "Có"},
        {"answered_at": "2026-01-01T00:00Z"},
        {"answer_hidden_ground": "insult"},
    ],
)
def test_the_database_keeps_grounds_and_answers_whole(wrong: dict[str, str]) -> None:
    question = asked()

    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(**wrong)


def test_the_history_is_only_added_to() -> None:
    question = answered()
    question_hide(question=question, ground="insult")
    event = QuestionEvent.objects.filter(pk=question.events.get().pk)

    for change in (lambda: event.update(note="khác"), event.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# --- Saved answers, blocked words, people ------------------------------------------------------------------------------


def test_saved_answers_have_names_of_their_own_and_an_end() -> None:
    producer = sold_pack().parent.producer
    for number in range(MOST_SAVED):
        saved_answer_save(SavedAnswer(producer=producer, title=f"Câu {number}", text="Gọi 0912345678"))

    with pytest.raises(SavedAnswerRefused):
        saved_answer_save(SavedAnswer(producer=producer, title="Thêm", text="Một câu"))
    again = SavedAnswer.objects.filter(producer=producer)[0]
    again.title = "Câu 1"
    with pytest.raises(SavedAnswerRefused):
        saved_answer_save(again)
    again.title, again.text = "Câu 0", "Đồ khốn nạn"
    with pytest.raises(SavedAnswerRefused):
        saved_answer_save(again)


def test_a_word_is_blocked_from_now_on_and_once() -> None:
    text = "Hàng dỏm à?"
    asked(sold_pack().parent, text)

    blocked_word_save(BlockedWord(text="hàng dỏm"))

    with pytest.raises(QuestionRefused):
        asked(sold_pack().parent, text)
    with pytest.raises(BlockedWordRefused):
        blocked_word_save(BlockedWord(text="Hang  dom"))
    with pytest.raises(BlockedWordRefused):
        blocked_word_save(BlockedWord(text="!!!"))
    blocked_word_save(BlockedWord(text="Hàng dỏm", marks_count=True))


def test_who_deletes_the_account_takes_the_name_and_leaves_the_question() -> None:
    question = answered()
    data = personal_data(asker())

    account_delete(user=asker())

    question.refresh_from_db()
    assert [one["text"] for one in data["questions"]] == [question.text]
    assert (question.asker, question.asker_name) == (None, "")
    assert "Một người hỏi" in page_of(question.product)


def test_a_report_of_a_person_who_leaves_goes() -> None:
    question = answered()
    person = User.objects.create_user("doc@example.vn")
    question_report(question=question, ground="insult", reporter=person)

    account_delete(user=person)

    assert not QuestionReport.objects.exists()
