"""Each person chooses, group by group: at once, once a day, in the app only. What law or safety needs comes at once."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalogue.producers.models import Membership
from marketplace.accounts.models import StaffRole, User
from marketplace.notices.choices import choices_keep, next_digest
from marketplace.notices.models import Notice, NoticeChoice, PersonalNotice, Way
from marketplace.notices.places import Group, Side
from tests.factories.notices import member, tell, tell_member

pytestmark = pytest.mark.django_db
PAGE = "customer:notice-choices"


def choose(
    person: User, way: str, *, side: str = Side.PRODUCER, group: str = Group.ORDERS, hour: int = 7
) -> None:
    choices_keep(person=person, choices={(side, group): way}, hour=hour)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User) -> BeautifulSoup:
    return BeautifulSoup(signed_in(user).get(reverse(PAGE)).content, "html.parser")


def chosen(user: User) -> dict[str, str]:
    return {
        select["name"]: select.select_one("[selected]")["value"]
        for select in page(user).select("form select")
    }


@pytest.mark.parametrize(("way", "mails"), [(Way.AT_ONCE, 1), (Way.DIGEST, 0), (Way.APP, 0)])
def test_a_notice_goes_the_chosen_way_and_stands_in_the_app_in_any_case(way: str, mails: int) -> None:
    membership = member()
    choose(membership.user, way)

    notice = tell_member(membership)

    assert Notice.objects.count() == mails
    assert (notice.digest_at is not None) is (way == Way.DIGEST)


def test_a_choice_for_work_says_nothing_of_what_one_buys() -> None:
    membership = member()
    choose(membership.user, Way.APP, group=Group.ORDERS)

    tell(membership.user, "order_held")

    assert Notice.objects.count() == 1


@pytest.mark.parametrize("template", ["payout_account_changed", "payout_held", "producer_case_new"])
def test_what_law_or_safety_needs_comes_at_once_whatever_was_chosen(template: str) -> None:
    membership = member()
    for group in (Group.MONEY, Group.RETURNS):
        choose(membership.user, Way.APP, group=group)

    tell_member(membership, template)

    assert Notice.objects.count() == 1


def test_reviews_wait_for_the_digest_unless_chosen_otherwise() -> None:
    with_mail = member()
    with_phone = member("", phone="+84912345679")

    assert tell_member(with_mail, "producer_review_new").digest_at == next_digest(7)
    assert tell_member(with_phone, "producer_review_new").digest_at is None, "a digest is a mail"


def test_what_waits_follows_a_new_choice() -> None:
    membership = member()
    choose(membership.user, Way.DIGEST)
    order = tell_member(membership)
    review = tell_member(membership, "producer_review_new")

    choose(membership.user, Way.APP, hour=20)

    order.refresh_from_db()
    review.refresh_from_db()
    assert (order.digest_at, review.digest_at) == (None, next_digest(20))


def test_the_page_offers_what_concerns_the_persons_roles() -> None:
    buyer = {"buyer-orders", "buyer-money", "buyer-returns", "buyer-talk", "buyer-reviews", "hour"}
    owner = {"producer-orders", "producer-money", "producer-returns", "producer-talk", "producer-reviews"}
    person = User.objects.create_user("lan@example.vn")
    assert chosen(person).keys() == buyer

    assert chosen(member().user).keys() >= buyer | owner
    packer = chosen(member("goi@example.vn", Membership.Role.PACKER).user)
    assert "producer-orders" in packer
    assert "producer-money" not in packer
    StaffRole.objects.create(user=person, role=StaffRole.Role.FINANCE)
    assert chosen(person).keys() == buyer | {"programme-money"}


def test_the_page_keeps_what_is_chosen() -> None:
    user = member().user
    typed: dict[str, Any] = {**chosen(user), "producer-orders": Way.DIGEST, "hour": 20}

    answer = signed_in(user).post(reverse(PAGE), typed)

    assert answer.status_code == 302
    assert chosen(user) == {**typed, "hour": "20"}


def test_nobody_chooses_what_is_no_way_or_what_is_for_others() -> None:
    user = User.objects.create_user("lan@example.vn")
    client = signed_in(user)

    wrong = client.post(reverse(PAGE), {**chosen(user), "buyer-orders": "never"})
    client.post(reverse(PAGE), {**chosen(user), "programme-money": Way.APP})

    assert wrong.status_code == 200
    assert not NoticeChoice.objects.filter(side=Side.PROGRAMME).exists()


def test_who_has_no_mail_address_is_offered_no_digest_and_told_why() -> None:
    shown = page(member("", phone="+84912345679").user)

    assert not shown.select("option[value=digest], [name=hour]")
    assert shown.select_one(f'main a[href="{reverse("account_email")}"]')


def test_what_cannot_be_switched_off_stands_there_with_its_reason() -> None:
    owner, buyer = (
        page(user).select_one(".always").get_text()
        for user in (member().user, User.objects.create_user("lan@example.vn"))
    )

    assert "Tài khoản ngân hàng nhận tiền" in owner
    assert "Để không ai làm gì thay bạn mà bạn không biết." in owner
    assert "Tài khoản ngân hàng nhận tiền" not in buyer


def test_a_moment_of_today_or_tomorrow() -> None:
    now = timezone.now()
    for hour in range(24):
        moment = next_digest(hour, after=now)
        assert moment > now
        assert (moment - now).total_seconds() <= 86_400
    assert PersonalNotice.objects.count() == 0
