"""What a campaign covers, chosen among many: by searching, by taking all that is found, by pasting codes; queries stay few."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from catalogue.certification.models import Certificate
from catalogue.models import Product, ProductSet
from catalogue.producers.models import Partner
from checkout.campaigns.models import Campaign
from checkout.campaigns.services import CampaignData, campaign_create, campaign_schedule
from marketplace.accounts.models import StaffRole, User
from tests.factories.catalogue import GoodFactory, sold_pack
from tests.factories.places import ProvinceFactory
from tests.factories.producers import ProducerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    user = User.objects.create_user("quan-tri@example.vn", full_name="Lê Văn Quản")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def campaign() -> Campaign:
    start = timezone.now() + timedelta(days=30)
    data = CampaignData(name="Tết Đinh Mùi", starts_at=start, ends_at=start + timedelta(days=7), percent=20)
    return campaign_create(data=data)


def good(title: str, **values) -> Product:
    """Return a good that is sold, with its lead pack."""
    pack = sold_pack(title=title, **values)
    pack.parent.lead_pack = pack
    pack.parent.save()
    return pack.parent


def address(campaign: Campaign, kind: str = "goods", name: str = "campaign-choice") -> str:
    return reverse(f"dashboard:{name}", kwargs={"pk": campaign.pk, "kind": kind})


def post(client: Client, campaign: Campaign, kind: str = "goods", **typed) -> str:
    return client.post(address(campaign, kind), typed, follow=True).content.decode()


@pytest.mark.parametrize("typed", ["ca phe", "CÀ PHÊ đất", "cau dat", "htx suong", "68-24848-1-2026"])
def test_goods_are_found_by_name_producer_and_code(client: Client, campaign: Campaign, typed: str) -> None:
    found = good("Cà phê Cầu Đất", ocop_code="68-24848-1-2026", producer={"name": "HTX Sương Sớm"})
    good("Trà Oolong", producer={"name": "Công ty Mây"})

    text = client.get(address(campaign), {"q": typed}).content.decode()

    assert f'id="key-{found.pk}"' in text
    assert "Trà Oolong" not in text
    assert "150.000" in text, "with its price of today"


def test_what_is_chosen_leaves_the_search_and_can_be_taken_out(client: Client, campaign: Campaign) -> None:
    first, second = good("Cà phê Một"), good("Cà phê Hai")

    text = post(client, campaign, add="1", key=[first.pk], q="ca phe")
    assert list(campaign.goods.all()) == [first]
    assert f'id="key-{first.pk}"' not in text
    assert f'id="key-{second.pk}"' in text, "the search stands as it was"
    assert f'name="key" value="{first.pk}"' in text

    post(client, campaign, remove="1", key=[first.pk])
    assert not campaign.goods.exists()


def test_all_that_a_search_finds_is_taken_at_once(client: Client, campaign: Campaign, monkeypatch) -> None:
    monkeypatch.setattr("marketplace.dashboard.campaign_choices.FOUND_A_PAGE", 2)
    teas = [good(f"Trà số {number}") for number in range(3)]
    good("Cà phê")

    assert 'name="add_found"' in client.get(address(campaign), {"q": "tra so"}).content.decode()
    post(client, campaign, add_found="1", q="tra so")

    assert set(campaign.goods.all()) == set(teas)
    post(client, campaign, add_found="1")
    assert campaign.goods.count() == 3, "never everything without a search"


def test_what_cannot_be_chosen_is_passed_over(client: Client, campaign: Campaign) -> None:
    without_pack = GoodFactory()

    post(client, campaign, add="1", key=[without_pack.pk, "abc", "9" * 30, sold_pack().pk])
    post(client, campaign, "producers", add="1", key=[ProducerFactory(seller_state="suspended").pk])

    assert not campaign.goods.exists()
    assert not campaign.producers.exists()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_codes_are_pasted_and_each_unknown_line_is_told(
    client: Client, campaign: Campaign, language: str
) -> None:
    by_code = good("Cà phê", ocop_code="68-24848-1-2026")
    by_certificate = good("Trà", certificate={"official_code": "LĐ-4-17"})
    by_pack = good("Mật ong", stock={"partner_sku": "MO-500"})
    without_pack = GoodFactory(ocop_code="68-24848-2-2026")
    pasted = "\n68-24848-1-2026 \nlđ-4-17\nmo-500\n\n68-24848-2-2026\nKHÔNG-CÓ\n68-24848-1-2026"

    with translation.override(language):
        response = client.post(address(campaign), {"codes": pasted})
        text = response.content.decode()

        assert response.status_code == 422
        assert set(campaign.goods.all()) == {by_code, by_certificate, by_pack}
        no_pack = translation.gettext("this good has no pack to sell yet")
        unknown = translation.gettext("not known here")
    assert f"6, “68-24848-2-2026”: {no_pack}" in text
    assert f"7, “KHÔNG-CÓ”: {unknown}" in text
    kept = text.split('id="codes"')[1].split("</textarea>")[0].split(">", 1)[1]
    assert kept.split() == [without_pack.ocop_code, "KHÔNG-CÓ"], "what was not read stays to be mended"


def test_a_code_of_several_goods_chooses_none(client: Client, campaign: Campaign) -> None:
    for title in ("Cà phê", "Trà"):
        good(title, certificate={"official_code": "LĐ-4-17"})
    assert Certificate.objects.count() == 2

    text = post(client, campaign, codes="LĐ-4-17")

    assert "chọn bằng cách tìm" in text
    assert not campaign.goods.exists()


@pytest.mark.parametrize(
    ("kind", "pasted", "chosen"),
    [
        ("producers", "hợp tác xã sương", "HTX"),
        ("producers", "5800999888", "HTX"),
        ("provinces", "lam dong", "68"),
        ("provinces", "Tỉnh Lâm Đồng", "68"),
        ("provinces", "68", "68"),
        ("sets", "13", 13),
    ],
)
def test_sets_provinces_and_producers_are_pasted_too(
    client: Client, campaign: Campaign, kind: str, pasted: str, chosen
) -> None:
    ProvinceFactory()
    maker = good("Cà phê", producer={"name": "Hợp tác xã Sương", "tax_number": "5800999888"}).producer
    expected = maker.pk if chosen == "HTX" else chosen

    post(client, campaign, kind, codes=pasted)

    assert list(getattr(campaign, kind).values_list("pk", flat=True)) == [expected]


def test_a_producer_that_does_not_sell_is_told_as_such(client: Client, campaign: Campaign) -> None:
    ProducerFactory(name="HTX Ngừng", seller_state=Partner.SellerState.SUSPENDED)

    text = post(client, campaign, "producers", codes="HTX Ngừng\nHTX Lạ")

    assert "1, “HTX Ngừng”: nhà sản xuất này chưa được xác minh để bán" in text
    assert "2, “HTX Lạ”: không tìm thấy" in text


def test_choices_stand_under_their_heading(client: Client, campaign: Campaign) -> None:
    sector = ProductSet.objects.get(number=13).sector.name

    text = client.get(address(campaign, "sets")).content.decode()

    assert f'<legend class="field__label">{sector}</legend>' in text
    assert text.count('type="checkbox"') == ProductSet.objects.count()
    assert "Miền Trung" in client.get(address(campaign, "provinces")).content.decode()


def test_all_is_taken_out_once_somebody_has_said_yes(client: Client, campaign: Campaign) -> None:
    campaign.goods.add(good("Cà phê"), good("Trà"))

    client.get(address(campaign, name="campaign-choice-clear"))
    assert campaign.goods.count() == 2
    client.post(address(campaign, name="campaign-choice-clear"))
    assert not campaign.goods.exists()


def test_of_a_scheduled_campaign_nothing_is_chosen_any_more(client: Client, campaign: Campaign) -> None:
    first, second = good("Cà phê"), good("Trà")
    campaign.goods.add(first)
    campaign_schedule(campaign=campaign, confirm_rule=True)

    assert 'name="add"' not in client.get(address(campaign)).content.decode()
    text = post(client, campaign, add="1", key=[second.pk])
    client.post(address(campaign, name="campaign-choice-clear"))

    assert list(campaign.goods.all()) == [first]
    assert "alert--error" in text


def test_an_unknown_kind_is_not_found(client: Client, campaign: Campaign) -> None:
    assert client.get(address(campaign, "colours")).status_code == 404


@pytest.mark.parametrize("kind", ["sets", "provinces", "producers", "goods"])
def test_queries_do_not_grow_with_what_there_is(
    client: Client, campaign: Campaign, kind: str, django_assert_max_num_queries
) -> None:
    counts = []
    for size in (3, 12):
        for number in range(size):
            campaign.goods.add(good(f"Cà phê {size} {number}"))
            good(f"Trà {size} {number}")
        campaign.producers.add(*Partner.objects.order_by("pk")[:size])
        client.get(address(campaign, kind))
        with django_assert_max_num_queries(14) as asked:
            client.get(address(campaign, kind))
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_the_campaigns_page_asks_no_more_for_many_packs(
    client: Client, campaign: Campaign, django_assert_max_num_queries
) -> None:
    url = reverse("dashboard:campaign", kwargs={"pk": campaign.pk})
    counts = []
    for size in (2, 60):
        campaign.goods.add(*(good(f"Cà phê {size} {number}") for number in range(size)))
        client.get(url)
        with django_assert_max_num_queries(30) as asked:
            text = client.get(url).content.decode()
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert text.count("120.000") == 50, "a page of them"
    assert "?page=2" in text


def test_goods_chosen_by_hand_that_are_not_in_the_shop_are_named(client: Client, campaign: Campaign) -> None:
    hidden = good("Mật ong hết hạn", certificate={"valid_until": campaign.starts_at.date()})
    hidden.certificates.update(in_force_until=timezone.localdate() - timedelta(days=1))
    campaign.goods.add(good("Cà phê"), hidden)

    text = client.get(reverse("dashboard:campaign", kwargs={"pk": campaign.pk})).content.decode()

    left_out = text.split('id="preview"')[1].split("<table")[0]
    assert f'<a href="{reverse("dashboard:good", kwargs={"pk": hidden.pk})}">Mật ong hết hạn</a>' in left_out


def test_packs_that_keep_their_price_are_shown_apart_with_the_reason(
    client: Client, campaign: Campaign
) -> None:
    campaign.goods.add(good("Cà phê"), good("Trà không giá", price=None))
    url = reverse("dashboard:campaign", kwargs={"pk": campaign.pk})

    taking_part, keeping = (
        client.get(url).content.decode(),
        client.get(url, {"show": "refused"}).content.decode(),
    )

    assert "Trà không giá" not in taking_part.split('id="preview"')[1]
    assert "1 × Chưa có giá thường." in taking_part
    assert "Trà không giá" in keeping.split('id="preview"')[1]
