"""What people ask the demonstration's stall, in public and about a parcel: made up, and says so."""

from catalogue.models import Product
from catalogue.producers.models import Partner
from catalogue.questions.models import SavedAnswer
from catalogue.questions.saved import saved_answer_save
from catalogue.questions.services import question_answer, question_ask
from checkout.aftersale.models import Side
from checkout.messages.services import message_send
from checkout.order.models import Consignment
from marketplace.accounts.models import User
from marketplace.demo.past import days_ago


def talk_load(*, producer: Partner, owner: User, buyer: User) -> None:
    """Let `buyer` ask the stall something that is answered, something that waits, and write about a parcel that is on its way."""
    saved_answer_save(
        SavedAnswer(
            producer=producer,
            title="Cách bảo quản (mẫu)",
            text="Để nơi khô mát, tránh nắng; mở gói rồi thì buộc kín. (Trả lời mẫu.)",
        )
    )
    good = Product.objects.filter(producer=producer, children__isnull=False).order_by("pk")[0]
    with days_ago(12):
        question = question_ask(
            good=good, asker=buyer, text="Mở gói rồi thì để được bao lâu? (Câu hỏi mẫu.)", language="vi"
        )
    with days_ago(11.8):
        question_answer(question=question, text="Buộc kín, để nơi khô mát. (Trả lời mẫu.)", by=owner)
    with days_ago(1):
        question_ask(good=good, asker=buyer, text="Có gói làm quà được không? (Câu hỏi mẫu.)", language="vi")
    parcel = Consignment.objects.get(producer=producer, order__user=buyer, state=Consignment.State.SHIPPED)
    with days_ago(2):
        message_send(
            consignment_id=parcel.pk, side=Side.BUYER, text="Giao sau 17 giờ giúp em nhé. (Tin nhắn mẫu.)"
        )
        parcel.messages.update(read_at=parcel.messages.get().at)
        message_send(
            consignment_id=parcel.pk,
            side=Side.PRODUCER,
            text="Dạ được ạ. (Tin nhắn mẫu.)",
            author=owner,
        )
