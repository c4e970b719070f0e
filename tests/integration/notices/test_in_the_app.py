"""What stands in the app: for one person, as long as the person has the role for which it was written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.producers.models import Membership
from marketplace.accounts.models import StaffRole, User
from marketplace.notices.models import Notice, PersonalNotice
from marketplace.notices.personal import KEPT_FOR, personal_notices_forget_old, unread_count
from tests.factories.catalogue import sold_pack
from tests.factories.notices import WORK_URL, member, tell, tell_member
from tests.factories.orders import BUYER, basket_with, placed_order
from tests.factories.producers import MembershipFactory

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def titles(user: User, query: str = "") -> str:
    return signed_in(user).get(reverse("customer:notices") + query).content.decode()


def test_what_goes_by_mail_stands_in_the_app_too() -> None:
    notice = tell_member(member())

    assert Notice.objects.get().recipient == "chu@example.vn"
    assert (notice.title, notice.read_at) == ("Kiện hàng mới 7K2M-Q4XP-1", None)
    assert notice.title in titles(notice.person)
    assert unread_count(notice.person) == 1


def test_a_buyer_and_the_producers_people_find_the_order_in_the_app() -> None:
    pack = sold_pack(title="Trà atiso")
    seller = MembershipFactory(
        producer=pack.parent.producer, user=User.objects.create_user("chu@example.vn")
    ).user
    buyer = User.objects.create_user("lan@example.vn")
    order = placed_order(basket=basket_with(pack), buyer=replace(BUYER, user=buyer))

    assert order.number in titles(buyer)
    assert order.number in titles(seller)
    assert order.number not in titles(User.objects.create_user("minh@example.vn"))


def test_a_notice_leads_to_where_one_acts_and_is_read_from_then_on() -> None:
    notice = tell_member(member())

    response = signed_in(notice.person).get(reverse("customer:notice", args=[notice.pk]))

    assert response.headers["Location"] == WORK_URL.removeprefix("http://localhost:8000")
    assert unread_count(notice.person) == 0


def test_nobody_else_opens_or_reads_it() -> None:
    notice = tell_member(member())
    other = signed_in(member("khac@example.vn").user)

    assert other.get(reverse("customer:notice", args=[notice.pk])).status_code == 404
    assert other.post(reverse("customer:notice", args=[notice.pk])).status_code == 404
    other.post(reverse("customer:notices-read"))

    assert unread_count(notice.person) == 1


def test_one_or_all_are_marked_as_read() -> None:
    membership = member()
    first, _second, _third = (tell_member(membership) for _ in range(3))
    client = signed_in(membership.user)

    client.post(reverse("customer:notice", args=[first.pk]))
    assert unread_count(membership.user) == 2
    assert "?show=unread" in titles(membership.user)

    client.post(reverse("customer:notices-read"))
    assert unread_count(membership.user) == 0
    assert first.title not in titles(membership.user, "?show=unread")
    assert first.title in titles(membership.user)


def test_who_left_a_producer_sees_nothing_of_it_any_more() -> None:
    membership = member()
    notice = tell_member(membership)
    bought = tell(membership.user, "order_confirmed")
    assert bought is not None

    membership.delete()

    assert notice.title not in titles(membership.user)
    assert bought.title in titles(membership.user), "what was bought stays"
    assert unread_count(membership.user) == 1
    client = signed_in(membership.user)
    assert client.get(reverse("customer:notice", args=[notice.pk])).status_code == 404


@pytest.mark.parametrize(
    ("template", "role", "seen"),
    [
        ("producer_consignment_new", Membership.Role.PACKER, True),
        ("producer_consignment_new", Membership.Role.ACCOUNTANT, False),
        ("payout_held", Membership.Role.OWNER, True),
        ("payout_held", Membership.Role.PACKER, False),
        ("payout_held", Membership.Role.SELLER, False),
    ],
)
def test_another_role_reads_other_notices(template: str, role: str, seen: bool) -> None:
    membership = member()
    notice = tell_member(membership, template)

    Membership.objects.update(role=role)

    assert (notice.title in titles(membership.user)) is seen


def test_who_no_longer_works_for_the_programme_sees_none_of_its_notices() -> None:
    person = User.objects.create_user("hotro@example.vn")
    held = StaffRole.objects.create(user=person, role=StaffRole.Role.SUPPORT)
    notice = tell(person, "staff_case_news")
    assert notice is not None
    assert notice.title in titles(person)

    held.delete()

    assert notice.title not in titles(person)


def test_the_workplace_counts_what_is_unread() -> None:
    membership = member()
    for _ in range(3):
        tell_member(membership)

    client = signed_in(membership.user)
    page = client.get(reverse("dashboard:today", kwargs={"producer_pk": membership.producer_id}))

    assert f'hx-get="{reverse("customer:notice-count")}"' in page.content.decode()
    assert client.get(reverse("customer:notice-count")).content == b"3"


def test_the_shop_counts_in_its_small_personal_request(client: Client) -> None:
    membership = member()
    tell_member(membership)

    assert "HX-Trigger" not in client.get(reverse("basket:count")).headers
    answer = signed_in(membership.user).get(reverse("basket:count"))

    assert answer.headers["HX-Trigger"] == '{"unread-notices": {"value": 1}}'


def test_the_list_asks_as_often_for_many_as_for_few() -> None:
    membership = member()
    client = signed_in(membership.user)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("customer:notices")).status_code == 200
        return len(asked)

    tell_member(membership)
    few = queries()
    for _ in range(30):
        tell_member(membership)

    assert queries() == few <= 15


def test_after_half_a_year_it_is_forgotten() -> None:
    membership = member()
    old, new = tell_member(membership), tell_member(membership)
    PersonalNotice.objects.filter(pk=old.pk).update(created_at=timezone.now() - KEPT_FOR - timedelta(days=1))

    assert [personal_notices_forget_old(), personal_notices_forget_old()] == [1, 0]
    assert list(PersonalNotice.objects.all()) == [new]


def test_a_page_of_unread_notices_that_is_gone_by_now_is_the_last_one() -> None:
    person = User.objects.create_user("lan@example.vn")
    tell(person, "order_held")

    page = signed_in(person).get(reverse("customer:notices") + "?show=unread&page=2")

    assert page.status_code == 200
    assert [notice.template for notice in page.context["notices"]] == ["order_held"]
