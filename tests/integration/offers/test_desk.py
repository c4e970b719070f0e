"""Offers at the programme's desk and in producers' workplaces."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from catalogue.models import Product
from catalogue.producers.models import Membership, Partner
from checkout.offer.errors import OfferIncomplete
from checkout.offer.models import ConditionalOffer
from checkout.offer.services import offer_stop
from checkout.services import order_cancel
from checkout.voucher.models import Voucher
from marketplace.accounts.models import StaffRole, User
from marketplace.notices.models import Notice
from tests.factories.catalogue import ProductSetFactory, sold_pack
from tests.factories.offers import enter, make_code, make_offer
from tests.factories.orders import basket_with, placed_order
from tests.factories.producers import MembershipFactory
from tests.integration.checkout.test_placing import spirits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def admin() -> Client:
    user = User.objects.create_user("quan-tri@example.vn", full_name="Lê Văn Quản")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def producer() -> Partner:
    made: Partner = sold_pack(title="Mật ong rừng").parent.producer
    return made


@pytest.fixture
def owner(producer: Partner) -> Client:
    client = Client()
    user = User.objects.create_user("chu@example.vn")
    MembershipFactory(producer=producer, user=user, role=Membership.Role.OWNER)
    client.force_login(user)
    return client


def moment(**ahead: float) -> str:
    return f"{timezone.localtime() + timedelta(**ahead):%Y-%m-%dT%H:%M}"


def typed(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Khách mới",
        "starts_at": moment(days=-1),
        "ends_at": moment(days=30),
        "percent": "10",
        "opened_by": "itself",
        **changed,
    }


def page_of(response: Any) -> str:
    return str(response.content.decode()).replace("\u00a0", " ")


# --- The programme's desk -----------------------------------------------------------------------------


def test_an_admin_makes_an_offer_by_code_that_the_marketplace_bears(admin: Client) -> None:
    response = admin.post(
        reverse("dashboard:offer-new", kwargs={"gives": "percent"}),
        typed(
            opened_by="code", code="khach-moi", largest_amount="50000", most_uses="100", most_uses_a_buyer="1"
        ),
        follow=True,
    )

    offer = ConditionalOffer.objects.get()
    assert (offer.funded_by, offer.producer, offer.is_by_code) == ("platform", None, True)
    assert (offer.max_global_applications, offer.max_user_applications) == (100, 1)
    assert Voucher.objects.get().code == "KHACH-MOI"
    page = page_of(response)
    assert "10% off, at most 50.000 ₫" in page
    # A hundred orders at 50.000 ₫.
    assert "5.000.000 ₫" in page


def test_the_preview_says_what_it_costs_at_most_and_saves_nothing(admin: Client) -> None:
    address = reverse("dashboard:offer-new", kwargs={"gives": "amount"})

    limited = admin.post(address, typed(amount="30000", most_uses="200", preview="1"))
    boundless = admin.post(address, typed(amount="30000", preview="1"))

    assert "6.000.000 ₫" in page_of(limited)
    assert "Nothing limits what it costs" in page_of(boundless)
    assert not ConditionalOffer.objects.exists()


@pytest.mark.parametrize(
    ("gives", "changed", "words"),
    [
        ("percent", {"percent": "60"}, "The law allows 50% off at most"),
        ("bundle", {"bundle": "3", "paid": "1"}, "The law allows 50% off at most"),
        ("bundle", {"bundle": "2", "paid": "2"}, "Of a bundle fewer packs are paid"),
        ("percent", {"ends_at": "2020-01-01T00:00"}, "The end must lie after the start"),
        ("percent", {"opened_by": "code"}, "Please write the code."),
        ("percent", {"opened_by": "codes"}, "Please say how many codes."),
        ("percent", {"opened_by": "code", "code": "a b"}, "A code has 4 to 40 letters"),
        ("percent", {"good_codes": "không-có"}, "not known here"),
        ("percent", {"of_producer": "Không Ai"}, "not known here"),
        ("amount", {"amount": "-5"}, "1000"),
    ],
)
def test_what_cannot_be_is_refused_where_it_was_typed(
    admin: Client, gives: str, changed: dict[str, str], words: str
) -> None:
    response = admin.post(reverse("dashboard:offer-new", kwargs={"gives": gives}), typed(**changed))

    assert response.status_code == 200
    assert words in page_of(response)
    assert not ConditionalOffer.objects.exists()


def test_a_concentrated_programme_and_fresh_food_may_go_further(admin: Client) -> None:
    fresh = ProductSetFactory(number=1, group="Rau, củ, quả", name="Rau, củ, quả tươi")
    address = reverse("dashboard:offer-new", kwargs={"gives": "percent"})

    admin.post(address, typed(percent="70", concentrated_decision="QĐ 12/2026"))
    admin.post(address, typed(percent="60", sets=[fresh.pk]))

    assert ConditionalOffer.objects.count() == 2


def test_strong_alcohol_chosen_by_hand_is_refused_by_name() -> None:
    pack = spirits()

    with pytest.raises(OfferIncomplete, match=str(pack.parent.title)):
        make_offer(goods=[pack.parent])


def test_codes_are_made_by_the_hundred_and_downloaded(admin: Client) -> None:
    admin.post(
        reverse("dashboard:offer-new", kwargs={"gives": "percent"}), typed(opened_by="codes", codes="150")
    )
    offer = ConditionalOffer.objects.get()
    admin.post(reverse("dashboard:offer-codes", kwargs={"pk": offer.pk}), {"count": "50"})
    first = offer.codes.order_by("voucher_set_id", "code")[0]
    basket = basket_with(sold_pack())
    enter(basket, first.code)
    placed_order(basket=basket)

    response = admin.get(reverse("dashboard:offer-codes-file", kwargs={"pk": offer.pk}))

    text = b"".join(response).decode("utf-8-sig")  # type: ignore[arg-type]
    head, *rows = csv.reader(StringIO(text))
    assert head == ["Code", "State"]
    assert len(rows) == len({code for code, _state in rows}) == 200
    assert rows[0] == [first.code, "used"]
    assert {state for _code, state in rows[1:]} == {"not used yet"}


def test_an_offer_that_has_not_begun_can_be_changed_wholly(admin: Client) -> None:
    pack = sold_pack()
    Product.objects.filter(pk=pack.parent_id).update(lead_pack=pack)
    offer = make_offer(
        percent=10, goods=[pack.parent], starts_at=timezone.now() + timedelta(days=1), from_amount=100_000
    )
    address = reverse("dashboard:offer-edit", kwargs={"pk": offer.pk})
    form = admin.get(address).context["form"]
    assert (form["percent"].value(), form["from_amount"].value()) == (10, 100_000)
    shown = {name: form[name].value() for name in form.fields}

    admin.post(
        address,
        typed(percent="20", starts_at=moment(days=2), from_amount="", good_codes=shown["good_codes"]),
    )

    offer.refresh_from_db()
    assert (offer.benefit.value, offer.condition.value) == (20, 0)
    assert [good.pk for good in offer.range.included_products.all()] == [pack.parent_id]


def test_of_one_that_runs_only_name_end_and_limits_change(admin: Client) -> None:
    offer = make_code("TET2027", percent=10).offer
    basket = basket_with(sold_pack())
    enter(basket, "TET2027")
    placed_order(basket=basket)
    address = reverse("dashboard:offer-edit", kwargs={"pk": offer.pk})
    limits = {"name": "Tên mới", "ends_at": moment(days=3)}

    assert "percent" not in admin.get(address).context["form"].fields
    low = admin.post(address, {**limits, "budget": "10000"})
    assert "It has given 15.000 ₫ already" in page_of(low)
    admin.post(address, {**limits, "most_uses": "1"})

    offer.refresh_from_db()
    assert (offer.name, offer.max_global_applications, offer.phase(timezone.now())) == (
        "Tên mới",
        1,
        "used_up",
    )


def test_an_ended_or_stopped_offer_is_changed_no_more(admin: Client) -> None:
    offer = offer_stop(offer=make_offer())
    address = reverse("dashboard:offer-edit", kwargs={"pk": offer.pk})

    admin.post(address, {"name": "Tên mới", "ends_at": moment(days=3)})

    offer.refresh_from_db()
    assert offer.name == "Ưu đãi mùa thu"
    assert address not in page_of(admin.get(reverse("dashboard:offer", kwargs={"pk": offer.pk})))


def test_the_programme_stops_a_producers_offer_and_the_producer_is_told_why(
    admin: Client, owner: Client, producer: Partner
) -> None:
    offer = make_offer(producer=producer)

    assert admin.get(reverse("dashboard:offer-edit", kwargs={"pk": offer.pk})).status_code == 404
    admin.post(reverse("dashboard:offer-stop", kwargs={"pk": offer.pk}), {"reason": "Giá gốc không đúng"})

    offer.refresh_from_db()
    assert offer.phase(timezone.now()) == ConditionalOffer.Phase.STOPPED
    notice = Notice.objects.get(template="producer_offer_stopped")
    assert notice.context["reason"] == "Giá gốc không đúng"
    assert owner.get(notice.context["work_url"].removeprefix("http://localhost:8000")).status_code == 200


def test_the_figures_count_what_holds(admin: Client) -> None:
    offer = make_code("TET2027", percent=10).offer
    for _ in range(2):
        basket = basket_with(sold_pack())
        enter(basket, "TET2027")
        order = placed_order(basket=basket)
    order_cancel(order_id=order.pk)

    page = admin.get(reverse("dashboard:offer", kwargs={"pk": offer.pk}))

    figures = page.context["figures"]
    assert (figures.orders, figures.given, figures.average) == (1, 15_000, 15_000)
    assert (figures.buyers, figures.today, figures.given_back) == (1, 1, 1)


def test_the_list_asks_no_more_for_twenty_than_for_two(admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin.get(reverse("dashboard:offers")).status_code == 200
        return len(captured)

    for number in range(2):
        make_offer(name=f"Ưu đãi {number}", producer=sold_pack().parent.producer)
    queries()
    two = queries()
    for number in range(18):
        make_offer(name=f"Ưu đãi nữa {number}", producer=sold_pack().parent.producer, codes=2)

    assert queries() == two


def test_the_list_is_narrowed_to_whose_they_are(admin: Client, producer: Partner) -> None:
    make_offer(name="Của sàn")
    make_offer(name="Của nhà", producer=producer)

    def names(query: str) -> list[str]:
        rows = admin.get(reverse("dashboard:offers") + query).context["rows"]
        return [row["offer"].name for row in rows]

    assert names("") == ["Của nhà", "Của sàn"]
    assert names("?by=platform") == ["Của sàn"]
    assert names("?by=producer") == ["Của nhà"]
    assert names("?by=lạ") == ["Của nhà", "Của sàn"]


# --- A producer's workplace ---------------------------------------------------------------------------


def test_a_producer_makes_an_offer_on_its_own_goods(owner: Client, producer: Partner) -> None:
    address = reverse("dashboard:producer-offer-new", kwargs={"producer_pk": producer.pk, "gives": "bundle"})
    own = producer.goods.get()

    owner.post(address, typed(bundle="3", paid="2", goods=[own.pk]))

    offer = ConditionalOffer.objects.get()
    assert (offer.funded_by, offer.producer, offer.range.producer) == ("producer", producer, producer)
    assert (offer.condition.value, offer.benefit.value) == (3, 1)


def test_a_producer_cannot_name_other_goods_nor_a_concentrated_programme(
    owner: Client, producer: Partner
) -> None:
    address = reverse("dashboard:producer-offer-new", kwargs={"producer_pk": producer.pk, "gives": "percent"})
    other = sold_pack().parent

    owner.post(address, typed(goods=[other.pk]))
    owner.post(address, typed(percent="80", concentrated_decision="QĐ 12/2026"))

    assert not ConditionalOffer.objects.exists()
    with pytest.raises(OfferIncomplete):
        make_offer(producer=producer, goods=[other])


def test_other_members_look_and_do_not_change(producer: Partner) -> None:
    offer = make_offer(producer=producer)
    client = Client()
    user = User.objects.create_user("dong-goi@example.vn")
    MembershipFactory(producer=producer, user=user, role=Membership.Role.PACKER)
    client.force_login(user)
    keys = {"producer_pk": producer.pk}

    page = page_of(client.get(reverse("dashboard:producer-offer", kwargs={**keys, "pk": offer.pk})))

    assert offer.name in page
    for name in ("offer-edit", "offer-stop"):
        address = reverse(f"dashboard:producer-{name}", kwargs={**keys, "pk": offer.pk})
        assert address not in page
        assert client.post(address, {"reason": "x"}).status_code == 403
    assert reverse("dashboard:producer-offer-kinds", kwargs=keys) not in page_of(
        client.get(reverse("dashboard:producer-offers", kwargs=keys))
    )


def test_a_producer_sees_no_order_that_may_still_expire(owner: Client, producer: Partner) -> None:
    offer = make_offer(producer=producer, percent=10)
    pack = producer.goods.get().children.get()
    waiting = placed_order(pack, payment_method="sandbox")
    confirmed = placed_order(pack)

    page = page_of(
        owner.get(reverse("dashboard:producer-offer", kwargs={"producer_pk": producer.pk, "pk": offer.pk}))
    )

    assert confirmed.number in page
    assert waiting.number not in page


def test_an_empty_desk_says_what_an_offer_is(owner: Client, producer: Partner) -> None:
    page = page_of(owner.get(reverse("dashboard:producer-offers", kwargs={"producer_pk": producer.pk})))

    assert "No offer yet" in page
