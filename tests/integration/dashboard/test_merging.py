"""Two entries of one producer become one, as far as that is safe, and can be parted again."""

from datetime import date
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from catalogue.addresses import producer_url
from catalogue.certification.imports.matching import ProducerIndex
from catalogue.certification.standards import standard_record
from catalogue.models import Product
from catalogue.producers.errors import ProducerError
from catalogue.producers.joining.models import Merge
from catalogue.producers.models import Partner, StockRecord
from checkout.shipping.models import ClosedDays
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from marketplace.dashboard.merging.services import merge_preview, merge_undo, producers_merge
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.places import ProvinceFactory
from tests.factories.producers import MembershipFactory, ProducerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role="verifier")
    return user


@pytest.fixture
def desk(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def pack_of(producer: Partner) -> Product:
    pack = sold_pack(title="Trà atiso")
    Product.objects.filter(Q(pk=pack.parent_id)).update(producer=producer)
    StockRecord.objects.filter(product=pack).update(partner=producer)
    return pack


@pytest.fixture
def pair() -> tuple[Partner, Partner]:
    return (
        ProducerFactory(name="HTX Atiso cũ", seller_state="unverified"),
        ProducerFactory(name="HTX Atiso Đà Lạt"),
    )


def client_sees(producer: Partner) -> Any:
    return Client().get(producer_url(code=producer.code, language="vi"))


def test_goods_stock_standards_and_people_go_along_and_come_back(
    desk: Client, pair: tuple[Partner, Partner]
) -> None:
    source, target = pair
    pack = pack_of(source)
    standard = standard_record(
        standard="vietgap",
        producer=source,
        number="VG-1",
        valid_from=date(2026, 1, 1),
        valid_until=date(2028, 1, 1),
    )
    member = MembershipFactory(producer=source, user=User.objects.create_user("a@example.vn"))
    both = User.objects.create_user("b@example.vn")
    stays = MembershipFactory(producer=source, user=both)
    MembershipFactory(producer=target, user=both, role="packer")
    path = reverse("dashboard:producer-merge", kwargs={"pk": source.pk})

    assert target.name in desk.get(path, {"q": "atiso"}).content.decode()
    assert "Trà atiso" in desk.get(path, {"into": target.pk}).content.decode()
    done = desk.post(path, {"into": target.pk, "reason": "Cùng một mã số thuế"})

    assert done.headers["Location"] == reverse("dashboard:producer", kwargs={"pk": target.pk})
    assert Product.objects.get(pk=pack.parent_id).producer == target
    assert StockRecord.objects.get(product=pack).partner == target
    assert client_sees(source).headers["Location"].endswith(f"/{target.code}/")
    for moved in (standard, member):
        moved.refresh_from_db()
        assert moved.producer == target
    stays.refresh_from_db()
    assert stays.producer == source
    assert AuditEvent.objects.get(action="producer.merged").changes["goods"] == 1

    merge = Merge.objects.get()
    desk.post(reverse("dashboard:merge-undo", kwargs={"pk": merge.pk}), {"reason": "Nhầm"})

    assert Product.objects.get(pk=pack.parent_id).producer == source
    assert StockRecord.objects.get(product=pack).partner == source
    for moved in (standard, member):
        moved.refresh_from_db()
        assert moved.producer == source
    merge.refresh_from_db()
    assert merge.undone_by is not None


def test_a_decision_list_that_names_the_old_entry_finds_the_other_one(
    admin: User, pair: tuple[Partner, Partner]
) -> None:
    source, target = pair
    producers_merge(source=source, target=target, by=admin, reason="Một chủ thể")

    found = ProducerIndex.load().find("HTX Atiso cũ", commune=source.commune_id, province="68")

    assert found.same is not None
    assert found.same.pk == target.pk


def test_an_entry_that_sells_or_has_sold_stays_where_it_is(
    admin: User, pair: tuple[Partner, Partner]
) -> None:
    source, target = pair
    sells = ProducerFactory(name="HTX Đang bán")
    with pytest.raises(ProducerError, match="HTX Đang bán"):
        producers_merge(source=sells, target=target, by=admin, reason="Một chủ thể")

    pack = pack_of(source)
    Partner.objects.filter(pk=source.pk).update(seller_state="verified")
    placed_order(pack)
    Partner.objects.filter(pk=source.pk).update(seller_state="suspended")
    with pytest.raises(ProducerError):
        producers_merge(source=source, target=target, by=admin, reason="Một chủ thể")
    assert not Merge.objects.exists()


def test_whatever_else_names_the_entry_stands_in_the_way(pair: tuple[Partner, Partner]) -> None:
    source, target = pair
    assert merge_preview(source=source, target=target).obstacles == []
    ClosedDays.objects.create(
        producer=source, first_day=date(2027, 1, 1), last_day=date(2027, 1, 2), name="Giỗ"
    )

    assert len(merge_preview(source=source, target=target).obstacles) == 1


def test_a_chain_or_itself_is_refused_and_undoing_twice_too(
    admin: User, pair: tuple[Partner, Partner]
) -> None:
    source, target = pair
    third = ProducerFactory(seller_state="unverified")
    merge = producers_merge(source=source, target=target, by=admin, reason="Một chủ thể")

    for one, other in [(third, source), (source, third), (third, third)]:
        with pytest.raises(ProducerError):
            producers_merge(source=one, target=other, by=admin, reason="Một chủ thể")
    merge_undo(merge=merge, by=admin)
    with pytest.raises(ProducerError):
        merge_undo(merge=merge, by=admin)


def test_goods_that_were_ordered_since_stay(admin: User, pair: tuple[Partner, Partner]) -> None:
    source, target = pair
    pack = pack_of(source)
    merge = producers_merge(source=source, target=target, by=admin, reason="Một chủ thể")
    placed_order(Product.objects.get(pk=pack.pk))

    with pytest.raises(ProducerError):
        merge_undo(merge=merge, by=admin)


@pytest.mark.parametrize("where", ["source", "target"])
def test_an_entry_of_another_province_is_out_of_reach(pair: tuple[Partner, Partner], where: str) -> None:
    source, target = pair
    abroad = ProducerFactory(
        commune__code="00004", commune__name="Phường Ba Đình", commune__province__code="01"
    )
    user = User.objects.create_user("tinh@example.vn")
    StaffRole.objects.create(user=user, role="verifier").provinces.add(ProvinceFactory())
    client = Client()
    client.force_login(user)
    first, second = (abroad, target) if where == "source" else (source, abroad)

    client.post(
        reverse("dashboard:producer-merge", kwargs={"pk": first.pk}),
        {"into": second.pk, "reason": "Một chủ thể"},
    )

    assert not Merge.objects.exists()


def words(response: Any) -> str:
    return response.content.decode()


def test_the_reason_has_to_be_said_and_what_stands_there_stays(
    desk: Client, pair: tuple[Partner, Partner]
) -> None:
    source, target = pair

    page = desk.post(
        reverse("dashboard:producer-merge", kwargs={"pk": source.pk}), {"into": target.pk, "reason": ""}
    )

    assert page.status_code == 200
    assert target.name in words(page)
    assert not Merge.objects.exists()
