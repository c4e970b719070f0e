"""Private talk about a parcel: between its buyer and its producer alone, read by the programme only where it is reported."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.errors import PictureRefused
from catalogue.producers.models import Membership
from catalogue.questions.models import SavedAnswer
from checkout.aftersale.models import Case, Side, Terms
from checkout.aftersale.services import case_withdraw
from checkout.messages.errors import MessageRefused
from checkout.messages.models import Message, MessagePicture, MessageReport
from checkout.messages.services import (
    MOST_PICTURES,
    message_hide,
    message_pictures_clean_due,
    message_report,
    message_report_dismiss,
)
from checkout.order.links import order_path, order_token
from checkout.order.models import Consignment, ConsignmentEvent, Order
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from marketplace.customer.services import account_delete, personal_data
from marketplace.notices.models import Notice
from tests.factories.aftersale import delivered_order, opened_case
from tests.factories.catalogue import sold_pack
from tests.factories.messages import said
from tests.factories.orders import placed_order
from tests.factories.pictures import picture_upload
from tests.factories.places import ProvinceFactory
from tests.factories.producers import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def parcel_of(order: Order) -> Consignment:
    return order.consignments.get()


def talk(order: Order) -> str:
    return reverse("order-messages:talk", args=[order_token(order), parcel_of(order).pk])


def own(name: str, producer: Any, **kwargs: int) -> str:
    return reverse(f"dashboard:{name}", kwargs={"producer_pk": producer.pk, **kwargs})


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def member_of(order: Order, role: str = Membership.Role.SELLER) -> Client:
    user = User.objects.create_user(f"{role}@example.vn", full_name="Lê Thị Hạnh")
    MembershipFactory(user=user, producer=parcel_of(order).producer, role=role)
    return signed_in(user)


def support(*provinces: str) -> Client:
    user = User.objects.create_user(f"hotro{''.join(provinces)}@example.vn")
    role = StaffRole.objects.create(user=user, role=StaffRole.Role.SUPPORT)
    role.provinces.set([ProvinceFactory(code=code) for code in provinces])
    return signed_in(user)


# --- The two sides -------------------------------------------------------------------------------------------------


def test_a_guest_writes_from_the_order_the_producer_answers_and_both_are_told(client: Client) -> None:
    order = placed_order(sold_pack())
    seller, producer = member_of(order), parcel_of(order).producer
    place = {"pk": parcel_of(order).pk}

    offered = talk(order) in client.get(order_path(order)).content.decode()
    client.post(talk(order), {"text": "Giao sau 17 giờ, gọi 0987 654 321"})
    day = seller.get(own("today", producer)).content.decode()
    orders = seller.get(own("consignments", producer)).content.decode()
    one = seller.get(own("consignment", producer, **place)).content.decode()
    read = seller.get(own("own-talk", producer, **place)).content.decode()
    again = seller.get(own("consignments", producer)).content.decode()
    answer = seller.post(own("own-talk", producer, **place), {"text": "Dạ được ạ."})
    waiting = client.get(order_path(order)).content.decode()
    back = client.get(talk(order)).content.decode()

    assert offered
    assert "đơn có tin nhắn mới" in day
    assert [page.count("1 tin nhắn mới") for page in (orders, one, again, waiting)] == [1, 1, 0, 1]
    assert "gọi 0987 654 321" in read
    assert answer.status_code == 302
    assert "Dạ được ạ." in back
    assert "1 tin nhắn mới" not in client.get(order_path(order)).content.decode()
    assert [one.side for one in Message.objects.filter(read_at__isnull=False)] == ["buyer", "producer"]
    told = Notice.objects.filter(channel="mail").values_list("template", "recipient")
    assert ("producer_message_new", "seller@example.vn") in told
    assert ("order_message", "lan@example.vn") in told
    assert AuditEvent.objects.get(action="message.sent").object_key == parcel_of(order).number


def test_who_has_something_unread_is_told_once_of_it() -> None:
    order = placed_order(sold_pack())

    for text in ("Một", "Hai", "Ba"):
        said(order, text)

    assert Notice.objects.filter(template="producer_message_new").count() == 1
    Message.objects.update(read_at=timezone.now())
    said(order, "Bốn")
    assert Notice.objects.filter(template="producer_message_new").count() == 2


def test_a_double_tap_says_it_once() -> None:
    order = placed_order(sold_pack())

    assert said(order).pk == said(order).pk
    assert said(order, side=Side.PRODUCER).side == "producer"


@pytest.mark.parametrize("text", ["", "  ", "Đồ k h ố n nạn"])
def test_nothing_and_insults_are_refused_in_words_and_stay_typed(client: Client, text: str) -> None:
    order = placed_order(sold_pack())

    answer = client.post(talk(order), {"text": text})

    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not Message.objects.exists()


def test_nobody_talks_before_the_producer_is_told_of_the_order(client: Client) -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")

    assert talk(order) not in client.get(order_path(order)).content.decode()
    assert client.get(talk(order)).status_code == 404
    assert client.post(talk(order), {"text": "Chào"}).status_code == 404
    with pytest.raises(MessageRefused):
        said(order)


def test_a_talk_ends_some_days_after_the_order(client: Client) -> None:
    order = delivered_order(sold_pack(), days_ago=30)
    said(order)
    Consignment.objects.update(delivered_at=timezone.now() - timedelta(days=31))

    page = client.get(talk(order)).content.decode()

    with pytest.raises(MessageRefused):
        said(order, "Còn nữa")
    assert "Cuộc trao đổi này đã đóng" in page
    assert 'name="text"' not in page
    Terms.objects.update(talk_days=60)
    assert 'name="text"' in client.get(talk(order)).content.decode()


def test_what_was_cancelled_is_talked_about_as_long() -> None:
    order = placed_order(sold_pack())
    parcel = parcel_of(order)
    Consignment.objects.update(state="cancelled")
    step = ConsignmentEvent.objects.create(consignment=parcel, to_state="cancelled")
    said(order)
    ConsignmentEvent.objects.filter(pk=step.pk).update(at=timezone.now() - timedelta(days=31))

    with pytest.raises(MessageRefused):
        said(order, "Còn nữa")


def test_a_complaint_has_its_own_talk(client: Client) -> None:
    case = opened_case()
    order = case.consignment.order
    seller = member_of(order)
    desk = own("own-talk", case.consignment.producer, pk=case.consignment_id)

    pages = [client.get(talk(order)).content.decode(), seller.get(desk).content.decode()]
    sent = [client.post(talk(order), {"text": "Chào"}), seller.post(desk, {"text": "Chào"})]
    case_withdraw(case_id=case.pk)

    assert all("Đang có yêu cầu trả hàng, khiếu nại" in page for page in pages)
    assert reverse("aftersale:case", args=[order_token(order), case.pk]) in pages[0]
    assert own("own-case", case.consignment.producer, pk=case.pk) in pages[1]
    assert [answer.status_code for answer in sent] == [422, 422]
    assert Case.objects.get().state == "withdrawn"
    assert client.post(talk(order), {"text": "Chào"}).status_code == 302


def test_a_saved_answer_goes_into_the_field(client: Client) -> None:
    order = placed_order(sold_pack())
    seller, producer = member_of(order), parcel_of(order).producer
    saved = SavedAnswer.objects.create(producer=producer, title="Gửi hàng", text="Gửi mỗi thứ Hai.")

    page = seller.post(
        own("own-talk", producer, pk=parcel_of(order).pk), {"text": "Chào chị.", "insert": saved.pk}
    ).content.decode()

    assert "Chào chị.\n\nGửi mỗi thứ Hai." in page
    assert not Message.objects.exists()


def test_writing_has_its_limit(client: Client) -> None:
    order = placed_order(sold_pack())

    answers = [client.post(talk(order), {"text": f"Tin {number}"}).status_code for number in range(41)]

    assert answers == [302] * 40 + [429]


# --- Pictures ------------------------------------------------------------------------------------------------------


def test_pictures_are_cleaned_and_shown_to_both_sides_alone(client: Client) -> None:
    order, other = placed_order(sold_pack()), placed_order(sold_pack())
    client.post(talk(order), {"text": "Xem ảnh", "pictures": [picture_upload()]})
    picture = MessagePicture.objects.get()
    producer, seller = parcel_of(order).producer, member_of(order)
    stranger = MembershipFactory(
        user=User.objects.create_user("khac@example.vn"), producer=parcel_of(other).producer
    )
    theirs = reverse("order-messages:picture", args=[order_token(order), picture.pk])
    desk = own("own-talk-picture", producer, pk=picture.pk)
    before = client.get(theirs).status_code

    assert message_pictures_clean_due() == 1

    picture.refresh_from_db()
    seen = [client.get(theirs), seller.get(desk)]
    assert before == 404
    assert [(one.status_code, one.headers["Content-Type"]) for one in seen] == [(200, "image/jpeg")] * 2
    assert all("private" in one.headers["Cache-Control"] for one in seen)
    elsewhere = [
        client.get(reverse("order-messages:picture", args=[order_token(other), picture.pk])),
        signed_in(stranger.user).get(own("own-talk-picture", stranger.producer, pk=picture.pk)),
        signed_in(stranger.user).get(desk),
        client.get(f"/media/{picture.file.name}"),
        support("68").get(reverse("dashboard:reported-talk-picture", kwargs={"pk": picture.pk})),
    ]
    assert [one.status_code for one in elsewhere] == [404] * 5


def test_a_talk_takes_only_so_many_pictures() -> None:
    order = placed_order(sold_pack())
    message = said(order)
    MessagePicture.objects.bulk_create(MessagePicture(message=message) for _number in range(MOST_PICTURES))

    with pytest.raises(PictureRefused):
        said(order, "Thêm ảnh", pictures=[picture_upload()])
    assert Message.objects.count() == 1


# --- Who sees what -------------------------------------------------------------------------------------------------


def test_another_order_s_talk_is_not_there(client: Client) -> None:
    one, other = placed_order(sold_pack()), placed_order(sold_pack())
    message = said(other, "Riêng tư", side=Side.PRODUCER)

    crossed = reverse("order-messages:talk", args=[order_token(one), parcel_of(other).pk])
    report = reverse("order-messages:report", args=[order_token(one), message.pk])

    for method in (client.get, client.post):
        assert method(crossed, {"text": "Chào"}).status_code == 404
        assert method(report, {"ground": "insult"}).status_code == 404
    assert client.get(reverse("order-messages:talk", args=["gia-mao", parcel_of(one).pk])).status_code == 404
    assert not MessageReport.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Membership.Role.OWNER, 200),
        (Membership.Role.SELLER, 200),
        (Membership.Role.PACKER, 200),
        (Membership.Role.ACCOUNTANT, 403),
    ],
)
def test_those_who_fulfil_orders_talk_and_nobody_else_of_the_producer(role: str, status: int) -> None:
    message = said(text="Riêng tư", pictures=[picture_upload()])
    message_pictures_clean_due()
    order = message.consignment.order
    client, producer = member_of(order, role), message.consignment.producer
    addresses = [
        own("own-talks", producer),
        own("own-talk", producer, pk=message.consignment_id),
        own("own-message-report", producer, pk=message.pk),
        own("own-talk-picture", producer, pk=message.pictures.get().pk),
    ]

    assert [client.get(address).status_code for address in addresses] == [status] * 4
    Message.objects.update(read_at=None)
    for name in ("consignments", "today"):
        offered = own("own-talks", producer) in client.get(own(name, producer)).content.decode()
        assert offered is (status == 200), name


def test_who_left_the_producer_sees_nothing_from_then_on() -> None:
    message = said(text="Riêng tư")
    client, producer = member_of(message.consignment.order), message.consignment.producer
    Membership.objects.all().delete()

    for name, kwargs in (
        ("own-talks", {}),
        ("own-talk", {"pk": message.consignment_id}),
        ("own-message-report", {"pk": message.pk}),
    ):
        assert client.get(own(name, producer, **kwargs)).status_code == 404


def test_a_report_lets_the_programme_read_until_it_has_decided_and_each_look_is_noted(client: Client) -> None:
    order = placed_order(sold_pack())
    said(order, "Chuyển thêm tiền vào tài khoản riêng nhé", side=Side.PRODUCER, pictures=[picture_upload()])
    message_pictures_clean_due()
    message, picture = Message.objects.get(), MessagePicture.objects.get()
    here, elsewhere = support("68"), support("01")
    closed = here.get(reverse("dashboard:reported-talks")).content.decode()
    report_address = reverse("order-messages:report", args=[order_token(order), message.pk])

    lacking = client.post(report_address, {})
    client.post(report_address, {"ground": "fraud", "note": "Đòi tiền riêng"})
    client.post(report_address, {"ground": "insult"})

    report = MessageReport.objects.get()
    page, where = reverse("dashboard:reported-talk", kwargs={"pk": report.pk}), {"pk": report.pk}
    seen = here.get(page)
    assert lacking.status_code == 422
    assert report.ground == "fraud"
    assert message.consignment.number not in closed
    assert "tin nhắn bị báo cáo" in here.get(reverse("dashboard:programme")).content.decode()
    assert "tài khoản riêng" not in here.get(reverse("dashboard:reported-talks")).content.decode()
    assert "tài khoản riêng" in seen.content.decode()
    assert AuditEvent.objects.get(action="messages.read").object_key == message.consignment.number
    shown = reverse("dashboard:reported-talk-picture", kwargs={"pk": picture.pk})
    assert [one.get(shown).status_code for one in (here, elsewhere)] == [200, 404]
    assert elsewhere.get(page).status_code == 404
    step = reverse("dashboard:reported-talk-step", kwargs={**where, "step": "hide"})
    assert elsewhere.post(step, {"ground": "fraud"}).status_code == 404
    assert here.post(step, {}).status_code == 422

    assert here.post(step, {"ground": "fraud", "note": "Không đòi tiền ngoài đơn"}).status_code == 302

    assert [here.get(address).status_code for address in (page, shown)] == [404, 404]
    assert "tài khoản riêng" not in client.get(talk(order)).content.decode()
    assert "đã gỡ tin nhắn này" in client.get(talk(order)).content.decode()
    theirs = reverse("order-messages:picture", args=[order_token(order), picture.pk])
    assert client.get(theirs).status_code == 404
    assert Notice.objects.filter(template="producer_message_hidden").exists()
    assert AuditEvent.objects.get(action="message.hidden").changes == {"ground": "fraud"}


def test_a_producer_reports_a_buyer_and_the_programme_can_leave_it() -> None:
    message = said(text="Đồ lừa đảo")
    client, producer = member_of(message.consignment.order), message.consignment.producer
    own_words = said(message.consignment.order, "Xin lỗi", side=Side.PRODUCER)

    assert client.get(own("own-message-report", producer, pk=own_words.pk)).status_code == 404
    client.post(own("own-message-report", producer, pk=message.pk), {"ground": "insult"})

    report = MessageReport.objects.get()
    assert report.reporter is not None
    assert message_report_dismiss(report=report, note="Không vi phạm")
    assert not message_hide(report=report, ground="insult")
    assert Message.objects.get(pk=message.pk).hidden_ground == ""
    page = client.get(own("own-talk", producer, pk=message.consignment_id)).content.decode()
    assert "Chương trình giữ nguyên tin này" in page


def test_who_deletes_the_account_takes_words_and_pictures_along(
    django_capture_on_commit_callbacks: Any,
) -> None:
    buyer = User.objects.create_user("lan@example.vn")
    order = delivered_order(sold_pack())
    Order.objects.filter(pk=order.pk).update(user=buyer)
    said(order, "Số của em 0987654321", pictures=[picture_upload()])
    message_pictures_clean_due()
    said(order, "Dạ vâng", side=Side.PRODUCER)
    file = MessagePicture.objects.get().file.name
    data = personal_data(buyer)

    with django_capture_on_commit_callbacks(execute=True):
        account_delete(user=buyer)

    assert [one["text"] for one in data["messages"]] == ["Số của em 0987654321"]
    assert list(Message.objects.values_list("text", flat=True)) == ["", "Dạ vâng"]
    assert not MessagePicture.objects.exists()
    assert not default_storage.exists(file)


# --- Many ----------------------------------------------------------------------------------------------------------


def test_pages_ask_as_often_for_many_as_for_few(client: Client) -> None:
    pack = sold_pack(stock={"num_in_stock": 100})
    order = placed_order(pack)
    seller, producer = member_of(order), parcel_of(order).producer
    desk = own("own-talk", producer, pk=parcel_of(order).pk)
    pages = [
        (client, talk(order)),
        (client, order_path(order)),
        (seller, desk),
        (seller, own("own-talks", producer)),
        (seller, own("consignments", producer)),
        (seller, own("today", producer)),
    ]

    def more(times: int) -> list[int]:
        for number in range(times):
            said(order, f"Tin {number} của {times}", pictures=[picture_upload()])
            said(order, f"Trả lời {number} của {times}", side=Side.PRODUCER)
            said(placed_order(pack), f"Đơn khác {number} của {times}")
        MessagePicture.objects.update(state="done")
        found = []
        for person, address in pages:
            Message.objects.update(read_at=None)
            with CaptureQueriesContext(connection) as caught:
                person.get(address)
            found.append(len(caught))
        return found

    more(1)
    few = more(1)
    many = more(8)

    assert many == few
    assert max(few[2:5]) <= 15


def test_a_report_twice_is_one() -> None:
    message = said()

    assert (
        message_report(message=message, ground="insult").pk
        == message_report(message=message, ground="fraud").pk
    )


def test_every_form_of_a_talk_carries_its_token(client: Client) -> None:
    message = said()
    order, producer = message.consignment.order, message.consignment.producer
    seller = member_of(order)
    answer = said(order, "Dạ", side=Side.PRODUCER)
    report = message_report(message=message, ground="insult")
    pages = [
        client.get(talk(order)),
        client.get(reverse("order-messages:report", args=[order_token(order), answer.pk])),
        seller.get(own("own-talk", producer, pk=message.consignment_id)),
        seller.get(own("own-message-report", producer, pk=message.pk)),
        support("68").get(reverse("dashboard:reported-talk", kwargs={"pk": report.pk})),
    ]

    for page in pages:
        main = page.content.decode().split("<main")[1]
        assert main.count('method="post"') == main.count("csrfmiddlewaretoken") > 0
