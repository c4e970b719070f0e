"""The programme's screens: papers and sellers are checked, delivery tables and campaigns kept."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from catalogue.certification.models import Certificate
from catalogue.pricing.selectors import price_at
from catalogue.producers.models import Partner
from checkout.campaigns.models import Campaign
from checkout.services import order_cancel
from checkout.shipping.models import DeliveryTariff, Zone
from checkout.shipping.tariffs import tariff_book
from marketplace.accounts.models import StaffRole, User
from marketplace.clock import VIETNAM, today
from tests.factories.catalogue import CertificateFactory, GoodFactory, sold_pack
from tests.factories.orders import placed_order
from tests.factories.places import CommuneFactory
from tests.factories.producers import ProducerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["vi", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def client() -> Client:
    user = User.objects.create_user("quan-tri@example.vn", full_name="Lê Văn Quản")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, query: str = "", **kwargs) -> str:
    response = client.get(reverse(f"dashboard:{name}", kwargs=kwargs or None) + query)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, name: str, typed: dict | None = None, **kwargs):
    return client.post(reverse(f"dashboard:{name}", kwargs=kwargs or None), typed or {}, follow=True)


def test_today_counts_what_waits(client, language) -> None:
    CertificateFactory(product=GoodFactory(), unverified=True)
    ProducerFactory(seller_state=Partner.SellerState.PENDING)

    text = page(client, "programme")

    assert translation.gettext("certificates to verify") in text
    assert reverse("dashboard:producers") + "?state=pending" in text


def test_an_order_is_found_by_number_and_by_phone(client, language) -> None:
    order = placed_order(sold_pack())

    for words in (order.number, order.number.lower(), "0912345678", "0912 345 678"):
        assert order.number in page(client, "orders", f"?q={words}")
    assert order.number not in page(client, "orders", "?q=0999999999")
    text = page(client, "order", number=order.number)
    assert order.consignments.get().number in text


@pytest.mark.parametrize("payment_method", ["sandbox", "cash"])
def test_an_order_that_was_cancelled_unpaid_waits_for_no_money(client, language, payment_method) -> None:
    order = placed_order(sold_pack(), payment_method=payment_method)
    waits = str(order.payment_words)
    order_cancel(order_id=order.pk)
    nothing = translation.gettext("Nothing to pay")

    assert f">{nothing}<" in page(client, "orders")
    assert f">{nothing}" in page(client, "order", number=order.number)
    assert waits not in page(client, "order", number=order.number)
    assert order.number not in page(client, "orders", f"?payment={order.payment_state}")


def test_filters_survive_the_turning_of_a_page(client, monkeypatch) -> None:
    monkeypatch.setattr("marketplace.dashboard.staff_producers.ProducerListView.paginate_by", 1)
    ProducerFactory.create_batch(2)

    assert "?state=verified&amp;page=2" in page(client, "producers", "?state=verified&page=1")


PAPER = {
    "number": "3981/QĐ-UBND",
    "decided_on": "2026-08-05",
    "authority": "UBND tỉnh Lâm Đồng",
    "level": "province",
    "stars": "4",
    "valid_until": "",
    "official_code": "LĐ-4-1",
}


def test_a_certificate_is_verified_from_the_queue(client, language) -> None:
    paper = CertificateFactory(product=GoodFactory(title="Trà Oolong"), unverified=True)
    assert "Trà Oolong" in page(client, "certificates")
    page(client, "certificate-verify", pk=paper.pk)

    text = send(client, "certificate-verify", PAPER, pk=paper.pk).content.decode()

    paper.refresh_from_db()
    assert paper.verified_by.full_name == "Lê Văn Quản"
    assert (paper.decision.number, paper.official_code) == ("3981/QĐ-UBND", "LĐ-4-1")
    assert "Trà Oolong" in text, "the message says which"
    assert reverse("dashboard:certificate-verify", kwargs={"pk": paper.pk}) not in text


@pytest.mark.parametrize(
    "changed",
    [
        {"decided_on": ""},
        {"decided_on": "2026-13-40"},
        {"valid_until": "2020-01-01"},  # before it begins
        {"level": "district"},  # no district awards since July 2025
        {"number": ""},
    ],
)
def test_a_paper_that_cannot_be_is_refused_whole(client, changed) -> None:
    paper = CertificateFactory(product=GoodFactory(), unverified=True)

    response = send(client, "certificate-verify", PAPER | changed, pk=paper.pk)

    paper.refresh_from_db()
    assert response.status_code == 200
    assert (paper.verified_at, paper.decision) == (None, None)
    assert "error" in response.content.decode()


def test_a_withdrawn_certificate_takes_its_good_off_sale(client, language) -> None:
    paper = sold_pack().parent.certificates.get()
    page(client, "certificate-withdraw", pk=paper.pk)

    send(client, "certificate-withdraw", {"ground": "other_findings", "reason": "Kết luận 12"}, pk=paper.pk)

    paper.refresh_from_db()
    assert paper.state == Certificate.State.WITHDRAWN
    assert not Certificate.objects.in_force(timezone.localdate()).exists()


def test_a_seller_is_verified_once_its_particulars_are_known(client, language) -> None:
    seller = ProducerFactory(seller_state=Partner.SellerState.PENDING, representative="", street="")
    page(client, "producer", pk=seller.pk)
    text = send(client, "producer-verify", pk=seller.pk).content.decode()
    assert translation.gettext("representative") in text
    seller.refresh_from_db()
    assert seller.seller_state == "pending"

    typed = {
        "name": seller.name,
        "kind": seller.kind,
        "registration_number": "5800123456",
        "representative": "Nguyễn Văn A",
        "phone": "0912 345 678",
        "street": "12 Trần Phú",
        "province": CommuneFactory().province_id,
        "commune": "xuân hương đà lạt",
    }
    page(client, "producer-edit", pk=seller.pk)
    send(client, "producer-edit", typed, pk=seller.pk)
    send(client, "producer-verify", pk=seller.pk)

    seller.refresh_from_db()
    assert (seller.seller_state, seller.phone) == ("verified", "+84912345678")
    assert seller.commune.name == "Phường Xuân Hương - Đà Lạt"
    assert 'value="0912 345 678"' in page(client, "producer-edit", pk=seller.pk), "as people write it"


@pytest.mark.parametrize(
    "typed",
    [{"phone": "12"}, {"commune": "Xã Không Có", "province": "68"}, {"commune": "Xã Nào"}, {"name": ""}],
)
def test_wrong_particulars_are_refused_and_stay_in_the_form(client, typed) -> None:
    seller = ProducerFactory()

    response = send(client, "producer-edit", {"name": "Đổi", "kind": "farm"} | typed, pk=seller.pk)

    assert response.status_code == 200
    assert "field--error" in response.content.decode()
    seller.refresh_from_db()
    assert seller.name != "Đổi"


def test_a_suspended_seller_sells_no_more_and_the_reason_is_kept(client, language) -> None:
    seller = sold_pack().parent.producer
    page(client, "producer-suspend", pk=seller.pk)
    send(client, "producer-suspend", {"reason": ""}, pk=seller.pk)
    seller.refresh_from_db()
    assert seller.seller_state == "verified", "not without a reason"

    text = send(client, "producer-suspend", {"reason": "Chậm giao hàng"}, pk=seller.pk).content.decode()

    seller.refresh_from_db()
    assert seller.seller_state == "suspended"
    assert "Chậm giao hàng" in text


def tariff_form(**changed):
    rates = {
        f"rates-{at}-{name}": value
        for at, zone in enumerate(Zone.values)
        for name, value in {
            "zone": zone, "first_weight": 500, "first_charge": 20_000 + at, "step_weight": 500,
            "step_charge": 5_000, "days_min": 1 + at, "days_max": 3 + at,
        }.items()
    }  # fmt: skip
    management = {
        "rates-TOTAL_FORMS": 3, "rates-INITIAL_FORMS": 0, "rates-MIN_NUM_FORMS": 3, "rates-MAX_NUM_FORMS": 3
    }  # fmt: skip
    form = {
        "name": "Bảng mới", "valid_from": "2027-01-01", "volume_divisor": 5, "assumed_pack_weight": 700, "cod_charge": 0
    }  # fmt: skip
    return form | management | rates | changed


IN_USE = (
    "This table is in use. It ends, and what you save here follows it:"
    " from the day that you give, today at the earliest."
)


def as_it_is(tariff: DeliveryTariff, **changed) -> dict:
    """Return the form of a table as the page sends it back."""
    known = {f"rates-{at}-id": rate.pk for at, rate in enumerate(tariff.rates.order_by("pk"))}
    return tariff_form(**{"rates-INITIAL_FORMS": 3}) | known | changed


def test_a_delivery_table_is_written_and_changed(client, language) -> None:
    page(client, "tariffs")
    page(client, "tariff-new")
    send(client, "tariff-new", tariff_form())
    tariff = DeliveryTariff.objects.get(name="Bảng mới")
    assert sorted(tariff.rates.values_list("zone", "first_charge")) == sorted(
        (zone, 20_000 + at) for at, zone in enumerate(Zone.values)
    )

    page(client, "tariff", pk=tariff.pk)
    send(client, "tariff", as_it_is(tariff, name="Bảng sửa", **{"rates-0-first_charge": 9_000}), pk=tariff.pk)

    tariff.refresh_from_db()
    assert (tariff.name, tariff.assumed_pack_weight) == ("Bảng sửa", 700)
    assert 9_000 in tariff.rates.values_list("first_charge", flat=True)
    assert DeliveryTariff.objects.count() == 2, "the platform's first one, and the one that is still to begin"


@pytest.mark.parametrize(("days", "begins_in"), [(-30, 0), (0, 0), (10, 10)])
def test_a_table_in_use_is_ended_and_followed(client, language, days: int, begins_in: int) -> None:
    day = today()
    old = DeliveryTariff.objects.get()
    charges = list(old.rates.order_by("pk").values_list("first_charge", flat=True))
    assert translation.gettext(IN_USE) in page(client, "tariff", pk=old.pk)
    changed = {"valid_from": (day + timedelta(days=days)).isoformat(), "rates-0-first_charge": 9_000}

    send(client, "tariff", as_it_is(old, **changed), pk=old.pk)

    old.refresh_from_db()
    new = DeliveryTariff.objects.exclude(pk=old.pk).get()
    assert list(old.rates.order_by("pk").values_list("first_charge", flat=True)) == charges
    assert new.valid_from == day + timedelta(days=begins_in)
    assert old.valid_until == new.valid_from - timedelta(days=1)
    assert new.written_by.get_full_name() == "Lê Văn Quản"
    assert "Lê Văn Quản" in page(client, "tariffs")
    assert tariff_book([1], on=new.valid_from).platform == new


def test_a_table_that_began_today_gives_way_at_once(client) -> None:
    send(client, "tariff-new", tariff_form(valid_from=today().isoformat()))
    first = DeliveryTariff.objects.get(name="Bảng mới")

    send(client, "tariff", as_it_is(first, name="Bảng sửa", valid_from=today().isoformat()), pk=first.pk)

    assert tariff_book([1], on=today()).platform.name == "Bảng sửa"
    assert DeliveryTariff.objects.get(pk=first.pk).valid_until == today()


def test_a_producer_gets_a_table_of_its_own_that_passes_to_nobody_else(client) -> None:
    producer, other = ProducerFactory(), ProducerFactory()
    assert f">{producer.name}</option>" in page(client, "tariff-new")
    send(client, "tariff-new", tariff_form(producer=producer.pk, valid_from=today().isoformat()))
    own = DeliveryTariff.objects.get(name="Bảng mới")

    send(client, "tariff", as_it_is(own, producer=other.pk, valid_from=today().isoformat()), pk=own.pk)

    book = tariff_book([producer.pk, other.pk], on=today())
    assert book.tariff(producer.pk).producer == producer
    assert book.tariff(other.pk).producer is None


def test_a_table_in_use_cannot_end_before_today(client) -> None:
    old = DeliveryTariff.objects.get()
    yesterday = (today() - timedelta(days=1)).isoformat()

    send(client, "tariff", as_it_is(old, valid_from="2026-01-01", valid_until=yesterday), pk=old.pk)

    assert DeliveryTariff.objects.count() == 1
    old.refresh_from_db()
    assert old.valid_until is None


@pytest.mark.parametrize(
    "changed",
    [
        {"valid_until": "2026-12-31"},
        {"volume_divisor": 0},
        {"rates-0-days_max": 0},
        {"rates-0-step_weight": 0},
        {"rates-1-zone": Zone.values[0]},
    ],
)
def test_a_table_that_cannot_be_is_refused(client, changed) -> None:
    response = send(client, "tariff-new", tariff_form(**changed))

    assert response.status_code == 200
    assert not DeliveryTariff.objects.filter(name="Bảng mới").exists()
    assert "field__error" in response.content.decode() or "error-summary" in response.content.decode()


def campaign_form(**changed):
    start = (timezone.now() + timedelta(days=30)).astimezone(VIETNAM)
    return {
        "name": "Tết Đinh Mùi",
        "name_en": "Lunar New Year",
        "starts_at": f"{start:%Y-%m-%dT00:00}",
        "ends_at": f"{start + timedelta(days=7):%Y-%m-%dT00:00}",
        "percent": 20,
    } | changed


def test_a_campaign_is_drafted_previewed_changed_scheduled_and_stopped(client, language) -> None:
    pack = sold_pack(title="Cà phê Cầu Đất", price=150_000)
    pack.parent.lead_pack = pack
    pack.parent.save()
    page(client, "campaign-new")

    send(client, "campaign-new", campaign_form())
    campaign = Campaign.objects.get()
    first, end = (datetime.fromisoformat(campaign_form()[name]) for name in ("starts_at", "ends_at"))
    assert (campaign.starts_at, campaign.ends_at) == (
        first.replace(tzinfo=VIETNAM),
        end.replace(tzinfo=VIETNAM),
    ), "what is typed is Vietnam's time"
    send(client, "campaign-choice", {"add": "1", "key": [pack.parent_id]}, pk=campaign.pk, kind="goods")
    text = page(client, "campaign", pk=campaign.pk)
    assert "120.000" in text, "the preview shows what the pack would cost"
    page(client, "campaign-edit", pk=campaign.pk)
    text = send(
        client, "campaign-edit", campaign_form(percent=15, preview="1"), pk=campaign.pk
    ).content.decode()
    assert "127.500" in text, "looked at before it is saved"
    campaign.refresh_from_db()
    assert campaign.percent == 20
    text = send(client, "campaign-edit", campaign_form(percent=10), pk=campaign.pk).content.decode()
    assert "135.000" in text, "what it covers is kept"

    send(client, "campaign-schedule", pk=campaign.pk)
    campaign.refresh_from_db()
    assert campaign.state == "draft", "not before somebody has checked the cap"
    send(client, "campaign-schedule", {"confirm_rule": "on"}, pk=campaign.pk)
    campaign.refresh_from_db()
    assert campaign.state == "scheduled"
    assert price_at(pack.pk, campaign.starts_at).now == 135_000
    assert campaign.name in page(client, "campaigns")

    send(client, "campaign-stop", pk=campaign.pk)
    campaign.refresh_from_db()
    assert campaign.state == "stopped"
    assert price_at(pack.pk, campaign.starts_at).now == 150_000
    page(client, "campaign", pk=campaign.pk)


@pytest.mark.parametrize(
    "changed",
    [{"percent": ""}, {"price": 90_000}, {"ends_at": "2020-01-01T00:00"}, {"percent": 120}],
)
def test_a_campaign_that_cannot_be_is_refused(client, changed) -> None:
    response = send(client, "campaign-new", campaign_form(**changed))

    assert response.status_code == 200
    assert not Campaign.objects.exists()
    assert "error" in response.content.decode()


def test_a_campaign_of_nothing_is_not_scheduled(client) -> None:
    send(client, "campaign-new", campaign_form())
    campaign = Campaign.objects.get()

    text = send(client, "campaign-schedule", {"confirm_rule": "on"}, pk=campaign.pk).content.decode()

    campaign.refresh_from_db()
    assert campaign.state == "draft"
    assert "alert--error" in text
