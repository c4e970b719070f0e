"""The whole way of a good through the screens: from a province's list to a guest's order, with nothing done from a shell.

An admin imports the list, verifies paper and producer, gives the workplace to one of its people; that person adds pack, price and
picture; a guest finds the good by searching and orders it.
"""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalogue.certification.imports.models import DecisionImport
from catalogue.certification.imports.services import import_run_queued
from catalogue.certification.models import Certificate
from catalogue.models import Product
from catalogue.pictures.making import picture_make_ready
from catalogue.producers.models import Partner
from checkout.order.models import Order
from marketplace.accounts.models import StaffRole, User
from marketplace.notices.models import Notice
from search.indexing import index_pending
from tests.factories.lists import HEADER, csv_bytes, row
from tests.factories.pictures import picture_upload
from tests.integration.checkout.test_pages import checkout, put, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("search_index")]

PASSWORD = "mat-khau-rat-dai"
PRODUCT, PRODUCER = "Mắc ca sấy nứt vỏ Tà Nung", "HTX Nông nghiệp Tà Nung"


def send(client: Client, screen: str, *args: object, **typed: Any) -> str:
    """Send a form of the back office and return the page that it leads to."""
    response = client.post(reverse(f"dashboard:{screen}", args=args), typed, follow=True)
    assert response.status_code == 200, response.content.decode()
    return text_of(response)


def found(client: Client) -> str:
    """Return the page of a guest who searches, once the worker has brought in what changed."""
    index_pending()
    cache.clear()
    page = text_of(client.get("/vi/tim-kiem/", {"q": "mac ca ta nung"}))
    return re.sub("</?mark>", "", page)  # the words that were searched for


@pytest.fixture
def admin() -> Client:
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


def test_an_imported_good_is_sold_to_a_guest(admin: Client) -> None:
    import_the_list(admin)
    guest = Client()
    assert PRODUCT not in found(guest), "its certificate is not verified yet"

    verify_paper_and_producer(admin)
    page = found(guest)
    assert PRODUCT in page
    assert "Chưa bán trực tuyến" in page

    seller = sign_up_by_phone()
    give_the_workplace(admin)
    make_ready_for_sale(seller)
    page = found(guest)
    assert "85.000\u00a0₫" in page

    pack = Product.objects.get(structure=Product.CHILD)
    assert reverse("basket:add", args=[pack.pk]) in page
    order_it(guest, pack)
    assert PRODUCT in text_of(seller.get(reverse("dashboard:consignments", args=[Partner.objects.get().pk])))


def import_the_list(admin: Client) -> None:
    lines = [HEADER, row(1, product=PRODUCT, producer=PRODUCER, address="Phường Xuân Hương - Đà Lạt, tỉnh Lâm Đồng", decision="", date="", authority="")]  # fmt: skip
    send(admin, "imports", file=SimpleUploadedFile("danh-sach.csv", csv_bytes(lines)))
    record = DecisionImport.objects.get()
    send(admin, "import-confirm", record.pk)
    import_run_queued(pk=record.pk)
    assert Certificate.objects.get().verified_at is None


def verify_paper_and_producer(admin: Client) -> None:
    paper = {"stars": "4", "number": "3981/QĐ-UBND", "decided_on": "2026-08-05", "authority": "UBND tỉnh Lâm Đồng", "level": "province"}  # fmt: skip
    send(admin, "certificate-verify", Certificate.objects.get().pk, **paper)
    producer = Partner.objects.get()
    assert "Còn thiếu" in text_of(admin.get(reverse("dashboard:producer-verify", args=[producer.pk])))
    particulars = {
        "name": PRODUCER,
        "kind": "cooperative",
        "registration_number": "5801234567",
        "representative": "Trần Thị Chủ",
        "phone": "0263 382 2222",
        "province": "68",
        "commune": "Phường Xuân Hương - Đà Lạt",
        "street": "Thôn 2",
    }
    send(admin, "producer-edit", producer.pk, **particulars)
    send(admin, "producer-verify", producer.pk, reason="Đã xem giấy đăng ký")
    producer.refresh_from_db()
    assert producer.seller_state == Partner.SellerState.VERIFIED


def sign_up_by_phone() -> Client:
    """Return the browser of a person of the producer who has opened an account by phone."""
    client = Client()
    person = {"full_name": "Trần Thị Chủ", "phone": "0912 345 678", "password1": PASSWORD}
    page = client.post(reverse("account_signup"), person, follow=True)
    code = Notice.objects.get(template="phone_code").context["code"]
    client.post(page.request["PATH_INFO"], {"code": code})
    assert User.objects.get(phone="+84912345678").phone_verified_at
    led_back = client.get(reverse("dashboard:index"))
    assert led_back.headers["Location"] == reverse("customer:home"), "an account alone opens no workplace"
    return client


def give_the_workplace(admin: Client) -> None:
    producer = Partner.objects.get()
    members = reverse("dashboard:members", args=[producer.pk])
    assert members in text_of(admin.get(reverse("dashboard:producer", args=[producer.pk])))
    assert "Trần Thị Chủ" in send(admin, "members", producer.pk, contact="0912 345 678", role="owner")


def make_ready_for_sale(seller: Client) -> None:
    producer, good = Partner.objects.get(), Product.objects.get(structure=Product.PARENT)
    goods = seller.get(reverse("dashboard:index"), follow=True)
    assert goods.redirect_chain[-1][0] == reverse("dashboard:today", args=[producer.pk])
    adding = reverse("dashboard:pack-new", args=[producer.pk, good.pk])
    assert adding in text_of(seller.get(reverse("dashboard:goods", args=[producer.pk])))
    page = send(seller, "pack-new", producer.pk, good.pk, title_vi="Hộp 500 g", weight="560", price="85.000", stock="12")  # fmt: skip
    assert "Đang bán" in page
    send(seller, "pictures", producer.pk, good.pk, pictures=[picture_upload()])
    picture_make_ready(image_id=good.images.get().pk)


def order_it(guest: Client, pack: Product) -> None:
    good_page = text_of(guest.get(pack.parent.get_absolute_url()))
    assert re.search(r'<img src="/media/goods/[^"]+"', good_page), "the picture is on the page"
    put(guest, pack)
    form, _page = checkout(guest)
    guest.post(reverse("checkout:checkout"), form)
    line = Order.objects.get().lines.get()
    assert (line.product, line.line_price_incl_tax) == (pack, 85_000)
