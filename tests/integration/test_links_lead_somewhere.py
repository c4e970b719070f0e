"""Nobody is led to a page that refuses, is missing or breaks: each person walks the shop by what its own pages offer.

The other half of `dashboard/test_access.py`, which opens every address as the wrong person.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.core.cache import cache as page_cache
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from catalogue.certification.imports.headers import Field
from catalogue.certification.imports.models import DecisionImport
from catalogue.certification.imports.rows import Defaults
from catalogue.certification.imports.services import column_map, import_preview, import_upload
from catalogue.producers.models import Membership, Partner, StockRecord
from checkout.campaigns.services import CampaignData, campaign_create, campaign_schedule, campaign_stop
from checkout.order.models import Order
from checkout.order.services import (
    consignment_accept,
    consignment_deliver,
    consignment_pack,
    consignment_return,
    consignment_ship,
)
from checkout.payment.models import Dispute, Payment, Refund, WebhookEvent
from checkout.payment.services import webhook_events_process_due
from checkout.safety.models import OrderHold, Signal
from checkout.services import order_cancel
from marketplace.accounts.models import StaffRole, User
from marketplace.address.models import UserAddress
from marketplace.dashboard.urls import urlpatterns
from marketplace.demo.people import editors_group
from marketplace.url_words import URL_WORDS
from search.engines.base import get_engine
from search.kept_cards import forget_cards
from search.models import IndexedVersion
from search.rebuilding import rebuild_index
from search.vocabulary import forget_vocabulary
from tests.browser.stocked_shop import StockedShop, stock_shop
from tests.factories.desk import Scene, fill_desk
from tests.factories.lists import HEADER, csv_bytes, csv_file, imported, row
from tests.factories.orders import address_values, basket_with, placed_order
from tests.factories.payments import call_webhook, make_payment, webhook_body
from tests.factories.people import account_with_proved_mail
from tests.factories.places import CommuneFactory, ProvinceFactory
from tests.factories.producers import MembershipFactory, ProducerFactory
from tests.factories.settlement import credit_left, open_difference, owing
from tests.integration.walking import EDITORS_DESK, Walk

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shop(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """One shop for all walks, since nobody who walks changes it; taken back at the end."""
    directory: Path = tmp_path_factory.mktemp("shop")
    settings = {
        "SEARCH_ENGINE": "search.engines.embedded.EmbeddedEngine",
        "EMBEDDED_SEARCH_DIR": directory / "search",
        "CERTIFICATES_NEED_SECOND_PERSON": True,
    }
    with override_settings(**settings), django_db_blocker.unblock(), transaction.atomic():
        _forget()
        stocked = stock_shop()
        scene = fill_desk()
        _fill_further(stocked, scene)
        rebuild_index()
        IndexedVersion.objects.filter(product_id=scene["good"]).update(
            failures=3,
            failed_version=1,
            failure="ValueError: odd",
            next_try_at=timezone.now() + timedelta(hours=1),
        )
        yield
        transaction.set_rollback(True)
        _forget()


def _forget() -> None:
    page_cache.clear()
    get_engine.cache_clear()
    forget_vocabulary()
    forget_cards()


def _fill_further(stocked: StockedShop, scene: Scene) -> None:
    """Add every state in which a person's links differ: orders, campaigns, lists, members."""
    producer = Partner.objects.get(pk=scene["producer_pk"])
    capital = CommuneFactory(code="00004", name="Phường Ba Đình", province=ProvinceFactory(code="01"))
    Partner.objects.filter(pk=stocked.tea.parent.producer_id).update(commune=capital)
    _orders(stocked)
    _campaigns(stocked)
    _lists()
    for role in Membership.Role.values:
        MembershipFactory(user=_account(f"{role}@example.vn"), producer=producer, role=role)
    MembershipFactory(
        user=User.objects.get(email="owner@example.vn"), producer=stocked.coffee.parent.producer
    )
    MembershipFactory(user=User.objects.get(email="owner@example.vn"), producer=owing(60_000))
    # First by its name: of the producers in a list, a walk opens only some.
    pending = {"seller_state": "pending", "representative": "Trần Văn Xin", "street": "1 Trần Phú"}
    ProducerFactory(name="An Bình", **pending)
    ProducerFactory(commune=None, commune_candidates=["24781"])
    column_map(header="Cột lạ", meaning=Field.EXTRA, by=None)


def _account(email: str) -> User:
    return account_with_proved_mail(email, "mat-khau-rat-dai-cua-toi", full_name=f"Người {email}")


def _orders(stocked: StockedShop) -> None:
    buyer = _account("buyer@example.vn")
    UserAddress.objects.create(user=buyer, is_default_for_shipping=True, **address_values())
    UserAddress.objects.create(user=buyer, **address_values(street="3 Hoa Hồng"))

    def order(method: str = "cash") -> Order:
        placed = placed_order(stocked.coffee, stocked.tea, payment_method=method)
        Order.objects.filter(pk=placed.pk).update(user=buyer)
        return placed

    def paid() -> Order:
        placed = order("sandbox")
        call_webhook(webhook_body(make_payment(placed), event_id=f"paid-{placed.pk}"))
        webhook_events_process_due()
        return placed

    StockRecord.objects.filter(product__in=[stocked.coffee, stocked.tea]).update(num_in_stock=99)
    open_difference(paid())
    credit_left()
    order("sandbox"), order(), paid()
    order_cancel(order_id=order().pk, reason="Đổi ý")
    order_cancel(order_id=paid().pk, reason="Đổi ý")
    Order.objects.filter(pk=order("sandbox").pk).update(payment_state="expired")
    _put_aside(order("sandbox"))
    failed = paid()
    Refund.objects.create(
        payment=failed.payments.get(),
        amount=1_000,
        state="failed",
        idempotency_key="hong",
        error="Thẻ đã đóng",
    )
    Dispute.objects.create(
        payment=failed.payments.get(), reference="dp_1", amount=1_000, state="lost", ended_at=timezone.now()
    )
    WebhookEvent.objects.create(
        gateway="sandbox", event_id="hong", kind="payment.paid", payload={}, state="failed", order=failed
    )
    refused = order("sandbox")
    make_payment(refused, state=Payment.State.FAILED)
    steps = [consignment_accept, consignment_pack, consignment_ship, consignment_deliver, consignment_return]
    for taken in range(1, len(steps) + 1):
        for consignment in paid().consignments.all():
            for step in steps[:taken]:
                step(consignment_id=consignment.pk)
    basket_with(stocked.coffee, stocked.tea, owner=buyer)


def _put_aside(order: Order) -> None:
    """Let a paid order wait for somebody to look at it."""
    now = timezone.now()
    OrderHold.objects.create(
        order=order,
        signals=[{"signal": Signal.LARGE_SUM, "found": 9_000_000}],
        held_at=now,
        until=now + timedelta(hours=4),
    )
    Order.objects.filter(pk=order.pk).update(
        payment_state="paid", held_at=now, hold_reason=Signal.LARGE_SUM.value
    )


def _campaigns(stocked: StockedShop) -> None:
    now = timezone.now()
    for name, begins, ends in [
        ("Nháp", 5, None),
        ("Đang chạy", -1, None),
        ("Đã dừng", -1, "stopped"),
        ("Đã qua", -30, None),
    ]:
        start = now + timedelta(days=begins)
        goods = [stocked.tea.parent, stocked.sold_out.parent]
        campaign = campaign_create(
            data=CampaignData(
                name=name, starts_at=start, ends_at=start + timedelta(days=9), percent=10, goods=goods
            )
        )
        if begins < 0:
            campaign_schedule(campaign=campaign, at=start)
        if ends:
            campaign_stop(campaign=campaign)


def _lists() -> None:
    def uploaded(name: str, header: list[str]) -> DecisionImport:
        return import_upload(
            file_name=f"{name}.csv",
            content=csv_bytes([header, row(1, product=name)]),
            defaults=Defaults(source=name, province="68"),
            by=None,
        )

    imported(csv_file([HEADER, row(5, stars="5 sao"), row(6, stars="")]), source="hoi-lai", province="68")
    import_preview(record=uploaded("xem-truoc", [*HEADER[:-1], "Nơi ký"]))
    uploaded("dang-doc", HEADER)
    for state in ("queued", "running", "failed"):
        record = uploaded(state, HEADER)
        import_preview(record=record)
        DecisionImport.objects.filter(pk=record.pk).update(state=state, rows_done=1, message="Tệp hỏng")


#: Sign-in is asked where the footer leads to somebody's own pages, behind the bell (hidden until somebody is signed in), of whoever reports a
#: review or asks a producer something.
CLOSED_TO_NOBODY = frozenset(
    {
        "customer:home",
        "customer:joining",
        "customer:notices",
        "customer:privacy",
        "dashboard:index",
        "reviews:report",
        "questions:ask",
    }
)


#: How many of a kind are looked at where people's rows differ in what they offer; the others see the same rows with less on them.
OFTEN = {
    **dict.fromkeys(Membership.Role.values, 8),
    "buyer": 12,
    "admin": 40,
    "admin of a province": 6,
    "editor": 2,
}
#: How far is walked: at the editors' desk to what its menu and panels offer, the rest is Wagtail's own.
DEEPEST = {"editor": 4}


def own_rooms(language: str) -> tuple[str, ...]:
    """Return where somebody who is signed in sees what others don't."""
    words = [
        URL_WORDS[key][language == "en"]
        for key in ("account", "work", "basket", "checkout", "orders", "payment")
    ]
    return (*(f"/{language}/{word}/" for word in words), EDITORS_DESK)


def nobody() -> None:
    return None


def member(role: str) -> Callable[[], User]:
    return lambda: User.objects.get(email=f"{role}@example.vn")


def staff(role: str, *provinces: str) -> Callable[[], User]:
    def make() -> User:
        user = _account(f"{role}-{'-'.join(provinces)}@example.vn")
        StaffRole.objects.create(user=user, role=role).provinces.set(
            [ProvinceFactory(code=code) for code in provinces]
        )
        return user

    return make


def editor() -> User:
    user = _account("editor@example.vn")
    user.groups.add(editors_group())
    return user


PEOPLE: dict[str, Callable[[], User | None]] = {
    "nobody": nobody,
    "buyer": member("buyer"),
    **{role: member(role) for role in Membership.Role.values},
    "verifier of a province": staff("verifier", "68"),
    "verifier of all": staff("verifier"),
    "admin of a province": staff("admin", "68"),
    "admin": staff("admin"),
    **{role: staff(role) for role in ("finance", "support", "catalogue", "campaign")},
    "support of a province": staff("support", "68"),
    "editor": editor,
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("person", PEOPLE)
def test_what_a_page_offers_lets_this_person_in(shop: None, person: str, language: str) -> None:
    findings = walk_of(person, language).findings

    assert findings == [], "\n".join(findings)


def test_every_screen_of_the_back_office_is_offered_somewhere(shop: None) -> None:
    """A screen that no page leads to is found by nobody."""
    reached = {name for person in ("owner", "admin") for name in walk_of(person, "vi").reached}
    screens = {f"dashboard:{pattern.name}" for pattern in urlpatterns}

    assert sorted(screens - reached) == []


@cache
def walk_of(person: str, language: str) -> Walk:
    """Return the walk of a person who begins at home, or at their account if they have one; the shop stays as it was.

    What a person may see is the same in both languages: in the second, one look at each kind of page is enough.
    """
    often = OFTEN.get(person, 3) if language == "vi" else 1
    page_cache.clear()
    with transaction.atomic(), translation.override(language):
        client, user = Client(), PEOPLE[person]()
        walk = Walk(client, language, alike=often, within=("/",), closed=CLOSED_TO_NOBODY)
        start = reverse("home")
        if user:
            client.force_login(user)
            walk = Walk(
                client, language, alike=often, within=own_rooms(language), deepest=DEEPEST.get(person, 99)
            )
            start = reverse("customer:home")
        walk.start(start)
        transaction.set_rollback(True)
    return walk
