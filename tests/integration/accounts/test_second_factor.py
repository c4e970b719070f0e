"""What moves money asks for a code of the second factor, entered within a quarter of an hour."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from allauth.mfa.totp.internal import auth
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from checkout.order.models import Consignment, Order
from checkout.payment.models import Payment, Refund
from checkout.payment.services import webhook_events_process_due
from marketplace.accounts.models import StaffRole, User
from marketplace.dashboard.access import ProducerAccess, StaffAccess
from marketplace.dashboard.urls import urlpatterns
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payments import call_webhook, make_payment, webhook_body
from tests.factories.people import account_with_proved_mail
from tests.factories.producers import MembershipFactory
from tests.integration.dashboard.test_access import (
    HARM,
    Scene,
    addresses,
    scene,  # noqa: F401 (the fixture)
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asks(settings: Settings) -> None:
    settings.MONEY_NEEDS_SECOND_FACTOR = True


@pytest.fixture
def finance() -> User:
    user = account_with_proved_mail("tai-chinh@example.vn", "mat-khau-rat-dai")
    StaffRole.objects.create(user=user, role=StaffRole.Role.FINANCE)
    return user


@pytest.fixture
def client(finance: User) -> Client:
    client = Client()
    client.force_login(finance)
    return client


@pytest.fixture
def refund_page() -> str:
    order = placed_order(sold_pack(price=150_000), payment_method="sandbox")
    payment = Payment.objects.create(
        order=order, gateway="sandbox", amount=150_000, state="paid", paid_at=timezone.now()
    )
    return reverse("dashboard:order-payment-refund", kwargs={"number": order.number, "pk": payment.pk})


def with_app(user: User) -> Callable[[], str]:
    """Give `user` an app on the phone; return what shows its code of now."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(user, secret)
    return lambda: auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time())))


def entered(client: Client, user: User, *, ago: timedelta) -> None:
    """Note in the session that a code was entered some time ago."""
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, user, "mfa")
    request.session[AUTHENTICATION_METHODS_SESSION_KEY][-1]["at"] -= ago.total_seconds()
    request.session.save()


def test_whoever_has_no_second_factor_is_led_to_set_one_up(client: Client, refund_page: str) -> None:
    response = client.get(refund_page)

    assert response.status_code == 403
    assert reverse("mfa_activate_totp") in response.content.decode()
    assert client.post(refund_page, {"reason": "Hàng hỏng"}).status_code == 403
    assert not Refund.objects.exists()


def test_the_form_goes_on_once_the_code_is_right(client: Client, finance: User, refund_page: str) -> None:
    code = with_app(finance)

    asked = client.post(refund_page, {"reason": "Hàng hỏng"})
    assert asked.status_code == 302
    assert not Refund.objects.exists(), "asked first"

    page = client.get(asked.headers["Location"])
    assert "Nhập mã xác thực hai bước" in page.content.decode()
    response = client.post(reverse("mfa_reauthenticate"), {"code": code(), "next": refund_page})

    assert response.status_code == 302
    assert Refund.objects.get().reason == "Hàng hỏng", "the reason typed before the code"
    assert client.get(refund_page).status_code == 200, "the code counts for a while"


def test_a_wrong_code_moves_nothing(client: Client, finance: User, refund_page: str) -> None:
    with_app(finance)
    client.post(refund_page, {"reason": "Hàng hỏng"})

    response = client.post(reverse("mfa_reauthenticate"), {"code": "000000", "next": refund_page})

    assert response.status_code == 200
    assert not Refund.objects.exists()


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 302)])
def test_a_code_counts_for_fifteen_minutes(
    minutes: int, status: int, client: Client, finance: User, refund_page: str
) -> None:
    with_app(finance)
    entered(client, finance, ago=timedelta(minutes=minutes))

    assert client.get(refund_page).status_code == status


def test_a_password_entered_lately_is_no_second_factor(
    client: Client, finance: User, refund_page: str
) -> None:
    with_app(finance)
    client.post(reverse("account_login"), {"login": finance.email, "password": "mat-khau-rat-dai"})

    assert client.get(refund_page).status_code == 302


def test_whoever_may_not_is_refused_before_any_code(refund_page: str) -> None:
    support = account_with_proved_mail("ho-tro@example.vn")
    StaffRole.objects.create(user=support, role=StaffRole.Role.SUPPORT)
    client = Client()
    client.force_login(support)

    response = client.get(refund_page)

    assert response.status_code == 403
    assert reverse("mfa_activate_totp") not in response.content.decode()


@pytest.fixture
def support() -> Client:
    user = account_with_proved_mail("ho-tro@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.SUPPORT)
    client = Client()
    client.force_login(user)
    return client


#: What of an order is changed so that what was paid for it goes back, and from which state on.
SENDS_BACK = {
    "order-cancel": "placed",
    "order-consignment-cancel": "placed",
    "order-consignment-return": "shipped",
}


def change_of(name: str, order: Order) -> str:
    consignment = order.consignments.get()
    Consignment.objects.filter(pk=consignment.pk).update(state=SENDS_BACK[name])
    pk = {} if name == "order-cancel" else {"pk": consignment.pk}
    return reverse(f"dashboard:{name}", kwargs={"number": order.number, **pk})


@pytest.mark.parametrize("name", SENDS_BACK)
def test_a_change_that_sends_money_back_asks_for_it(name: str, support: Client) -> None:
    order = placed_order(sold_pack(price=150_000), payment_method="sandbox")
    call_webhook(webhook_body(make_payment(order), event_id="e1"))
    webhook_events_process_due()
    path = change_of(name, order)

    answers = [support.get(path), support.post(path, {"reason": "Hàng hỏng"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert reverse("mfa_activate_totp") in answers[0].content.decode()
    assert not Refund.objects.exists()
    assert order.consignments.get().state == SENDS_BACK[name]


@pytest.mark.parametrize("name", SENDS_BACK)
def test_where_nothing_was_paid_it_asks_for_none(name: str, support: Client) -> None:
    order = placed_order(sold_pack(price=150_000), payment_method="cash")
    path = change_of(name, order)

    answers = [support.get(path), support.post(path, {"reason": "Người mua nhờ huỷ"})]

    assert [answer.status_code for answer in answers] == [200, 302]
    assert order.consignments.get().state in ("cancelled", "returned")


#: What of the programme's screens moves money, or says who may: all of them ask, and no other does.
ASK = {
    # Money back to buyers.
    "order-cancel", "order-consignment-cancel", "order-consignment-return",
    "order-payment-refund", "order-refund-retry", "order-refund-transfer", "order-goodwill",
    "ledger-difference-refund", "case-step", "dispute",
    # Payouts, and where they go.
    "payout-batch-new", "payout-batch-approve", "payout-batch-file", "payout-batch-cancel", "payout-take-out",
    "payout-result-read", "payout-result-apply", "payout-settle", "payouts-hold", "payouts-release",
    "account-confirm", "account-refuse", "payout-terms-new",
    # Money that came in, and the account for it.
    "transfer-split", "transfer-debt", "transfer-no-order", "transfer-return", "transfer-returned", "cash-file",
    "receiving-account-new", "receiving-account-use", "receiving-account-rest",
    # What is charged and kept.
    "tariff-new", "tariff", "tariff-upload", "carrier-new", "carrier", "commission-new", "commission",
    "withholding-new", "withholding-confirm", "withholding-set", "cash-limit-new", "dollar-rate-new",
    # People.
    "role-new", "role", "role-take",
}  # fmt: skip


#: The same of a producer's workplace.
PRODUCERS_ASK = {"own-case-step", "money-ask", "money-account"}


def screens_that_ask(client: Client, scene: Scene, desk: type) -> set[str]:  # noqa: F811
    """Send every form of a desk's screens and return the names of those that asked for a second factor to be set up."""
    asked = set()
    views = {pattern.name: pattern.callback.view_class for pattern in urlpatterns}
    for name, parameters in addresses():
        view = views[name]
        if issubclass(view, desk) and hasattr(view, "post"):
            step = {"step": "refund"} if name in ("case-step", "own-case-step") else {}
            with transaction.atomic():
                response = client.post(scene.path(name, parameters, **step), HARM)
                transaction.set_rollback(True)
            if response.status_code == 403 and reverse("mfa_activate_totp") in response.content.decode():
                asked.add(name)
    return asked


def test_every_screen_that_moves_money_asks_before_it_does_anything(scene: Scene) -> None:  # noqa: F811
    admin = account_with_proved_mail("quan-tri@example.vn")
    StaffRole.objects.create(user=admin, role=StaffRole.Role.ADMIN)
    client = Client()
    client.force_login(admin)
    Order.objects.filter(refunded_amount=0).update(paid_amount=1)

    assert screens_that_ask(client, scene, StaffAccess) == ASK


def test_so_do_the_screens_of_a_producer(scene: Scene) -> None:  # noqa: F811
    owner = account_with_proved_mail("chu-the@example.vn")
    MembershipFactory(producer=scene.producer, user=owner)
    client = Client()
    client.force_login(owner)

    assert screens_that_ask(client, scene, ProducerAccess) == PRODUCERS_ASK


def test_a_demonstration_may_do_without(client: Client, refund_page: str, settings: Settings) -> None:
    settings.MONEY_NEEDS_SECOND_FACTOR = False

    assert client.get(refund_page).status_code == 200
