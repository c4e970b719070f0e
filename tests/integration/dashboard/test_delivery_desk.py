"""The delivery desk: producers keep their own tables, days and goods; files in and out; what would it cost."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from catalogue.models import ProductSet
from catalogue.producers.models import Membership, Partner
from checkout.shipping.models import ClosedDays, DeliveryTariff, PickupPoint, Zone
from checkout.shipping.tariffs import tariff_book
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from marketplace.clock import today
from tests.factories.catalogue import sold_pack
from tests.factories.places import CommuneFactory
from tests.factories.producers import MembershipFactory, ProducerFactory

pytestmark = pytest.mark.django_db

DA_LAT, PHU_QUY = "24781", "23272"


@pytest.fixture
def producer() -> Partner:
    return ProducerFactory()


@pytest.fixture
def owner(producer: Partner) -> Client:
    return _member(producer, Membership.Role.OWNER)


@pytest.fixture
def admin() -> Client:
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


def _member(producer: Partner, role: str) -> Client:
    user = User.objects.create_user(f"{role}@example.vn")
    MembershipFactory(user=user, producer=producer, role=role)
    client = Client()
    client.force_login(user)
    return client


def path(name: str, **kwargs: Any) -> str:
    return reverse(f"dashboard:{name}", kwargs=kwargs or None)


def table_form(**changed: Any) -> dict[str, Any]:
    form = {
        "name": "Bảng của HTX",
        "valid_from": today().isoformat(),
        "volume_divisor": 6,
        "assumed_pack_weight": 700,
        "cod_charge": "5.000",
        "cod_rate": "0,8",
        "insured_from": "1.000.000",
        "insurance_rate": "0,5",
        "cold_charge": "",
        "rates-TOTAL_FORMS": 3,
        "rates-INITIAL_FORMS": 0,
        "rates-MIN_NUM_FORMS": 3,
        "rates-MAX_NUM_FORMS": 3,
    }
    for at, zone in enumerate(Zone.values):
        rate = {"zone": zone, "first_weight": 500, "first_charge": f"{15 + at}.000", "step_weight": 500}
        rate |= {"step_charge": "2.500", "days_min": 1, "days_max": 2 + at}
        rate["free_from"] = ["300.000", "400.000", ""][at]
        form |= {f"rates-{at}-{name}": value for name, value in rate.items()}
    return form | changed


# --- Own tables ---------------------------------------------------------------------------------------------


def test_a_producer_sees_what_holds_and_makes_a_table_of_its_own(owner: Client, producer: Partner) -> None:
    before = owner.get(path("own-tariffs", producer_pk=producer.pk)).content.decode()
    new = owner.get(path("own-tariff-new", producer_pk=producer.pk)).content.decode()
    response = owner.post(path("own-tariff-new", producer_pk=producer.pk), table_form())

    assert "Bảng cước mẫu của sàn" in before
    assert 'value="18.000"' in new, "begins as the platform's"
    assert response.status_code == 302
    own = DeliveryTariff.objects.get(producer=producer)
    assert (own.cod_charge, own.cod_rate, own.insured_from, own.insurance_rate) == (5_000, 80, 1_000_000, 50)
    assert (own.cold_charge, own.is_sample) == (None, False)
    assert [rate.free_from for rate in own.rates.order_by("pk")] == [300_000, 400_000, None]
    assert tariff_book([producer.pk], on=today()).tariff(producer.pk) == own
    after = owner.get(path("own-tariffs", producer_pk=producer.pk)).content.decode()
    assert "0,8" in after


def test_a_producer_cannot_write_a_table_for_another(owner: Client, producer: Partner) -> None:
    other = ProducerFactory()

    owner.post(path("own-tariff-new", producer_pk=producer.pk), table_form(producer=other.pk, is_sample="on"))

    assert DeliveryTariff.objects.get(name="Bảng của HTX").producer == producer


def test_a_packer_looks_and_changes_nothing(producer: Partner) -> None:
    packer = _member(producer, Membership.Role.PACKER)

    page = packer.get(path("own-tariffs", producer_pk=producer.pk))
    refused = [
        packer.post(path(name, producer_pk=producer.pk), {}).status_code
        for name in ("own-tariff-new", "own-week", "own-closed-days")
    ]

    assert page.status_code == 200
    assert "<form" not in page.content.decode().split("<h1", 1)[1]
    assert refused == [403, 403, 403]


@pytest.mark.parametrize("typed", ["abc", "0,855", "101", "-1"])
def test_a_share_that_is_none_is_refused(owner: Client, producer: Partner, typed: str) -> None:
    page = owner.post(path("own-tariff-new", producer_pk=producer.pk), table_form(cod_rate=typed))

    assert "field__error" in page.content.decode()
    assert "10000" not in page.content.decode(), "a share is named in per cent"
    assert not DeliveryTariff.objects.filter(producer=producer).exists()


# --- Files --------------------------------------------------------------------------------------------------


def workbook(sheets: dict[str, list[list[Any]]]) -> SimpleUploadedFile:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return SimpleUploadedFile("bang-cuoc.xlsx", stream.getvalue())


ZONES = ["Vùng", "Nấc đầu (g)", "Cước nấc đầu (đồng)", "Nấc tiếp (g)", "Cước nấc tiếp (đồng)", "Ngày ít nhất"]
ZONES += ["Ngày nhiều nhất"]
REMOTE = ["Xã, phường, đặc khu", "Tỉnh, thành phố", "Phụ phí (đồng)", "Thêm ngày"]


def upload(admin: Client, file: SimpleUploadedFile, tariff: DeliveryTariff) -> Any:
    data = {"file": file, "valid_from": (today() + timedelta(days=5)).isoformat()}
    return admin.post(path("tariff-upload", pk=tariff.pk), data)


def test_a_table_goes_out_as_a_file_and_comes_back_changed(admin: Client) -> None:
    tariff = DeliveryTariff.objects.get()
    out = load_workbook(io.BytesIO(admin.get(path("tariff-file", pk=tariff.pk)).content))
    out["Vùng"]["C2"] = 17_000
    out["Vùng"]["F2"] = "350.000"
    out["Xã xa, hải đảo"].append(["24787", "", "", "12.000", 1, "Có"])
    stream = io.BytesIO()
    out.save(stream)

    preview = upload(admin, SimpleUploadedFile("sua.xlsx", stream.getvalue()), tariff)

    assert preview.status_code == 200
    assert "17.000" in preview.content.decode()
    assert DeliveryTariff.objects.count() == 1, "nothing is written before it is confirmed"
    admin.post(path("tariff-upload", pk=tariff.pk), {"preview": preview.context["preview"]})
    new = DeliveryTariff.objects.exclude(pk=tariff.pk).get()
    assert new.valid_from == today() + timedelta(days=5)
    assert new.rates.get(zone=Zone.SAME_PROVINCE).first_charge == 17_000
    assert new.remote_communes.count() == 14
    assert new.remote_communes.get(commune="24787").surcharge == 12_000
    assert new.cold_charge == tariff.cold_charge
    assert [rate.free_from for rate in new.rates.order_by("pk")] == [350_000, 500_000, 500_000]
    tariff.refresh_from_db()
    assert tariff.valid_until == new.valid_from - timedelta(days=1)


def test_a_file_without_a_column_for_free_delivery_leaves_that_as_it_is(admin: Client) -> None:
    tariff = DeliveryTariff.objects.get()
    file = workbook({"Cước": [ZONES, ["Trong tỉnh", 500, 18_000, 500, 3_000, 1, 2]]})

    preview = upload(admin, file, tariff)
    admin.post(path("tariff-upload", pk=tariff.pk), {"preview": preview.context["preview"]})

    new = DeliveryTariff.objects.exclude(pk=tariff.pk).get()
    assert "500.000" in preview.content.decode()
    assert set(new.rates.values_list("free_from", flat=True)) == {500_000}


def test_each_row_that_is_wrong_says_why_and_nothing_is_written(admin: Client) -> None:
    tariff = DeliveryTariff.objects.get()
    file = workbook(
        {
            "Cước": [
                ZONES,
                ["Trong tỉnh", 500, "18 nghìn", 500, 3_000, 1, 2],
                ["Ngoài trái đất", 500, 18_000, 500, 3_000, 1, 2],
                ["Trong vùng", 500, 18_000, 500, 3_000, 3, 2],
            ],
            "Xã": [REMOTE, ["Đặc khu Phú Quý", "Lâm Đồng", 20_000, 3], ["Xã Không Có", "Lâm Đồng", 1, 1]],
        }
    )

    response = upload(admin, file, tariff)

    assert response.status_code == 422
    problems = [(one.number, one.reason) for one in response.context["read"].problems]
    assert [number for number, _reason in problems] == [2, 3, 4, 3]
    assert "Ngoài trái đất" in problems[1][1]
    assert response.context["preview"] == ""
    assert DeliveryTariff.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        (["23272;25000;1", "23272;30000;1"], 3),
        (["99999;25000;1"], 2),
        (["23272;-5;1"], 2),
        (["23272;9999999999999;1"], 2),
        (["23272;25000;x"], 2),
    ],
)
def test_far_communes_that_cannot_be_are_named_by_their_row(
    admin: Client, rows: list[str], number: int
) -> None:
    content = "\n".join(["Mã xã;Phụ phí (đồng);Thêm ngày", *rows]).encode()

    response = upload(admin, SimpleUploadedFile("xa.csv", content), DeliveryTariff.objects.get())

    assert response.status_code == 422
    assert [one.number for one in response.context["read"].problems] == [number]
    assert DeliveryTariff.objects.count() == 1


@pytest.mark.parametrize(
    "row",
    [
        ["Trong tỉnh", 0, 18_000, 500, 3_000, 1, 2],
        ["Trong tỉnh", 500, 18_000, 500, 3_000, 1, 61],
        ["Trong tỉnh", 500, "", 500, 3_000, 1, 2],
    ],
)
def test_zones_that_cannot_be_are_refused(admin: Client, row: list[Any]) -> None:
    response = upload(admin, workbook({"Cước": [ZONES, row]}), DeliveryTariff.objects.get())

    assert response.status_code == 422
    assert [one.number for one in response.context["read"].problems] == [2]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rong.csv", b""),
        ("la.csv", "Tên,Giá\nA,1\n".encode()),
        ("ma.csv", "Vùng,Giá\n".encode("utf-16-le") + b"\x00\xff\xff"),
        ("hong.xlsx", b"PK\x03\x04nonsense"),
    ],
)
def test_a_file_that_is_no_table_is_refused(admin: Client, name: str, content: bytes) -> None:
    response = upload(admin, SimpleUploadedFile(name, content), DeliveryTariff.objects.get())

    assert response.status_code == 422
    assert "field__error" in response.content.decode()


def test_a_csv_of_far_communes_leaves_the_zones_as_they_are(admin: Client) -> None:
    tariff = DeliveryTariff.objects.get()
    file = SimpleUploadedFile("xa.csv", "Mã xã;Phụ phí (đồng);Thêm ngày\n23272;25.000;4\n".encode())

    preview = upload(admin, file, tariff).context["preview"]
    admin.post(path("tariff-upload", pk=tariff.pk), {"preview": preview})

    new = DeliveryTariff.objects.exclude(pk=tariff.pk).get()
    assert list(new.remote_communes.values_list("commune", "surcharge", "extra_days")) == [
        (PHU_QUY, 25_000, 4)
    ]
    assert new.rates.count() == 3


def test_a_preview_is_of_one_table_and_nobody_else_writes_one(admin: Client) -> None:
    tariff = DeliveryTariff.objects.get()
    other = DeliveryTariff.objects.create(name="Khác", valid_from=date(2027, 6, 1))
    file = SimpleUploadedFile("xa.csv", b"Commune code,Surcharge\n23272,25000\n")
    preview = upload(admin, file, tariff).context["preview"]

    for forged in (preview, f"{preview}x", "x"):
        admin.post(path("tariff-upload", pk=other.pk), {"preview": forged})

    assert DeliveryTariff.objects.count() == 2
    assert not other.remote_communes.exists()


# --- Days ---------------------------------------------------------------------------------------------------


def test_a_producer_sets_its_days(owner: Client, producer: Partner) -> None:
    owner.post(
        path("own-week", producer_pk=producer.pk), {"dispatch_weekdays": ["5", "2"], "dispatch_days": "3"}
    )
    first = today() + timedelta(days=2)
    owner.post(
        path("own-closed-days", producer_pk=producer.pk),
        {"first_day": first.isoformat(), "last_day": first.isoformat(), "name": "Cúng đình"},
    )

    producer.refresh_from_db()
    assert (producer.dispatch_weekdays, producer.dispatch_days) == ("25", 3)
    days = ClosedDays.objects.get(producer=producer)
    assert "Cúng đình" in owner.get(path("own-tariffs", producer_pk=producer.pk)).content.decode()
    owner.post(path("own-closed-days-remove", producer_pk=producer.pk, pk=days.pk))
    assert not ClosedDays.objects.filter(producer=producer).exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"first_day": "2027-03-02", "last_day": "2027-03-01", "name": "x"},
        {"first_day": "2020-03-01", "last_day": "2020-03-02", "name": "x"},
        {"first_day": "2027-03-01", "last_day": "2029-03-02", "name": "x"},
        {"first_day": "", "last_day": "2027-03-02", "name": ""},
    ],
)
def test_days_that_cannot_be_are_refused(owner: Client, producer: Partner, typed: dict[str, str]) -> None:
    response = owner.post(path("own-closed-days", producer_pk=producer.pk), typed)

    assert response.status_code == 422
    assert not ClosedDays.objects.filter(producer=producer).exists()


def test_a_week_without_dispatch_is_refused(owner: Client, producer: Partner) -> None:
    response = owner.post(path("own-week", producer_pk=producer.pk), {"dispatch_days": "1"})

    assert response.status_code == 422
    producer.refresh_from_db()
    assert producer.dispatch_weekdays == "1234567"


def test_an_admin_keeps_the_public_holidays(admin: Client, owner: Client, producer: Partner) -> None:
    admin.post(
        path("holidays"),
        {"first_day": "2027-11-24", "last_day": "2027-11-24", "name": "Lễ mới", "source": "Luật 1"},
    )
    new = ClosedDays.objects.get(name="Lễ mới")
    waiting = ClosedDays.objects.filter(producer=None, is_sample=True, first_day__gte=today())[0]
    admin.post(path("holiday-confirm", pk=waiting.pk))
    waiting.refresh_from_db()

    assert (new.producer, waiting.is_sample) == (None, False)
    admin.post(path("holiday-remove", pk=new.pk))
    assert not ClosedDays.objects.filter(name="Lễ mới").exists()


# --- Points and goods ---------------------------------------------------------------------------------------


def test_an_admin_keeps_pickup_points(admin: Client, producer: Partner) -> None:
    Partner.objects.filter(pk=producer.pk).update(seller_state="verified")
    commune = CommuneFactory()
    form = {
        "name": "Điểm OCOP",
        "province": commune.province_id,
        "commune": commune.name,
        "street": "1 Trần Phú",
        "phone": "0263 3822 111",
        "hours": "8:00–17:00",
        "days": "1",
        "is_active": "on",
        "producers": [producer.pk],
    }
    admin.post(path("pickup-point-new"), form)
    point = PickupPoint.objects.get()
    admin.post(path("pickup-point", pk=point.pk), form | {"hours": "9:00–18:00", "producers": []})

    point.refresh_from_db()
    assert (point.hours, point.phone, point.commune, point.producers.count()) == (
        "9:00–18:00",
        "+842633822111",
        commune,
        0,
    )
    PickupPoint.objects.create(name="Bến Thành", street="2 Lê Lợi", commune=commune, hours="8:00")
    assert [one.name for one in admin.get(path("pickup-points")).context["points"]] == [
        "Bến Thành",
        "Điểm OCOP",
    ]


def test_a_producer_says_how_its_goods_travel() -> None:
    pack = sold_pack()
    good, producer = pack.parent, pack.parent.producer
    owner = _member(producer, Membership.Role.OWNER)
    address = path("travel", producer_pk=producer.pk, pk=good.pk)

    refused = owner.post(address, {"keeps_days": "0"})
    owner.post(address, {"keeps_days": "2", "needs_cooling": "yes"})
    good.refresh_from_db()
    assert refused.status_code == 422
    assert (good.keeps_days, good.needs_cooling) == (2, True)

    owner.post(address, {"keeps_days": "2", "needs_cooling": "no"})
    good.refresh_from_db()
    assert good.needs_cooling is False

    owner.post(address, {"keeps_days": "2", "needs_cooling": ""})
    good.refresh_from_db()
    assert good.needs_cooling is None


def test_an_admin_says_which_product_sets_travel_cooled(admin: Client, owner: Client) -> None:
    says_so = sold_pack(needs_cooling=False, title="Sữa hộp tiệt trùng").parent
    page = admin.get(path("cooling"))

    admin.post(path("cooling"), {"sets": ["1", "8"]})

    assert page.context["form"]["sets"].initial == [2], "fresh meat, fish, eggs and milk to begin with"
    assert says_so.title in page.content.decode()
    assert list(ProductSet.objects.filter(needs_cooling=True).values_list("pk", flat=True)) == [1, 8]
    event = AuditEvent.objects.get(action="cooling.changed")
    assert event.changes == {"sets": [[2], [1, 8]]}
    assert owner.post(path("cooling"), {"sets": ["3"]}).status_code == 403


# --- What would it cost -------------------------------------------------------------------------------------


def test_the_trial_tells_every_step_and_its_steps_add_up(admin: Client) -> None:
    pack = sold_pack(price=150_000)
    DeliveryTariff.objects.update(cod_charge=5_000, cod_rate=100)
    asked = {
        "producer": pack.parent.producer_id,
        "pack": pack.pk,
        "quantity": 3,
        "province": "68",
        "commune": "Phú Quý",
        "on": "2026-11-24",
        "is_cash": "on",
    }

    page = admin.get(path("delivery-trial"), asked)

    steps, quote = page.context["steps"], page.context["quote"]
    assert sum(step.amount or 0 for step in steps) == quote.charge
    assert quote.remote_charge == 20_000
    assert page.context["worth"] == 450_000
    assert "Đặc khu Phú Quý" in page.content.decode()


def test_the_trial_names_insurance_cooling_and_a_weight_that_is_assumed(admin: Client) -> None:
    pack = sold_pack(price=600_000, needs_cooling=True, pack={"weight": None})
    DeliveryTariff.objects.update(insured_from=1_000_000, insurance_rate=50, assumed_pack_weight=800)
    asked = {
        "producer": pack.parent.producer_id, "pack": pack.pk, "quantity": 2, "province": "68", "commune": "Phú Quý",
        "on": "2026-11-24",
    }  # fmt: skip

    page = admin.get(path("delivery-trial"), asked)

    amounts = {str(step.words): step.amount for step in page.context["steps"]}
    quote = page.context["quote"]
    assert (quote.insurance_charge, quote.cold_charge) == (6_000, 30_000)
    assert sum(amount or 0 for amount in amounts.values()) == quote.charge
    assert {6_000, 30_000} <= set(amounts.values())
    assert any("800" in words for words in amounts)


def test_the_trial_asks_for_what_is_missing_and_says_what_cannot_be(admin: Client, producer: Partner) -> None:
    Partner.objects.filter(pk=producer.pk).update(seller_state="verified")
    asked = {
        "producer": producer.pk,
        "quantity": 1,
        "province": "56",
        "commune": "Trường Sa",
        "on": "2026-11-24",
    }

    incomplete = admin.get(path("delivery-trial"), asked)
    nowhere = admin.get(path("delivery-trial"), asked | {"weight": "800"})

    assert incomplete.context["form"].errors.keys() == {"weight"}
    assert "Trường Sa" in nowhere.context["problem"]


def test_a_producer_tries_its_own_goods_only(owner: Client, producer: Partner) -> None:
    other = sold_pack()
    asked = {"producer": other.parent.producer_id, "pack": other.pk, "quantity": 1, "province": "68"}

    page = owner.get(path("own-delivery-trial", producer_pk=producer.pk), asked | {"commune": "x"})

    assert {"producer", "pack"} <= page.context["form"].errors.keys()
    assert other.parent.title not in page.content.decode()
