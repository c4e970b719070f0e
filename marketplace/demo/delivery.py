"""How goods travel in the demonstration: made-up carriers, pickup points with hours, a stall's own table and a day off."""

from datetime import timedelta
from typing import Any, Final

from catalogue.producers.models import Partner
from checkout.shipping.carriers.models import Carrier
from checkout.shipping.carriers.services import carrier_write
from checkout.shipping.models import DeliveryTariff, PickupPoint, Zone
from checkout.shipping.services import closed_days_add, pickup_point_write, remote_rows, tariff_write
from marketplace.accounts.models import User
from marketplace.clock import today
from marketplace.demo.past import ON_SALE_FOR
from marketplace.places.models import Commune

#: Codes of the marketplace's carrier and of the stall's own.
CARRIER: Final = "buu-cuc-mau"
OWN_CARRIER: Final = "xe-nha-mau"
_POINTS: Final = [
    ("Điểm bán hàng OCOP Đà Lạt (mẫu)", "24781", "Số 1 đường Mẫu", "7:30–18:00, thứ Hai đến Chủ nhật", 2),
    ("Trung tâm OCOP Gia Nghĩa (mẫu)", "24611", "Số 2 đường Mẫu", "8:00–17:00, thứ Hai đến thứ Bảy", 1),
]
#: Zone; first 500 g and each 500 g more (đồng); free from; days with the carrier.
_RATES: Final = [
    (Zone.SAME_PROVINCE, 16_000, 3_000, 300_000, 1, 2),
    (Zone.SAME_REGION, 24_000, 4_000, 500_000, 2, 3),
    (Zone.BETWEEN_REGIONS, 29_000, 6_000, None, 3, 5),
]


def delivery_load(*, producer: Partner, owner: User, admin: User) -> bool:
    """Make carriers, points, table and day off of the stall `producer`; return False where they are there already."""
    if Carrier.objects.filter(code=CARRIER).exists():
        return False
    carrier_write(values=_carrier(CARRIER, "Bưu cục mẫu"), by=admin)
    carrier_write(values={**_carrier(OWN_CARRIER, "Xe nhà (mẫu)"), "producer": producer}, by=admin)
    for name, commune, street, hours, days in _POINTS:
        values = {"name": name, "street": street, "hours": hours, "days": days, "phone": "+84900000000"}
        place = Commune.objects.get(pk=commune)
        pickup_point_write(values={**values, "commune": place}, producers=[producer], by=admin)
    _own_table(producer, owner)
    off = today() + timedelta(days=12)
    closed_days_add(first_day=off, last_day=off, name="Kiểm kê kho (mẫu)", producer=producer, by=owner)
    return True


def point() -> PickupPoint:
    """Return the point at which an order of the demonstration waits."""
    return PickupPoint.objects.get(name=_POINTS[0][0])


def _carrier(code: str, name: str) -> dict[str, Any]:
    return {"code": code, "name": name, "adapter": Carrier.Adapter.TABLE, "is_active": True}


def _own_table(producer: Partner, owner: User) -> None:
    """Let the stall charge by a table of its own, as long as its goods are on sale."""
    platform = DeliveryTariff.objects.filter(producer=None).earliest("pk")
    values = {
        "producer": producer,
        "name": "Bảng cước riêng (mẫu)",
        "valid_from": today() - timedelta(days=ON_SALE_FOR),
        "cod_charge": 0,
        "cod_rate": 50,
        "insured_from": 1_000_000,
        "insurance_rate": 50,
        "cold_charge": 25_000,
        "is_sample": True,
    }
    names = ("zone", "first_charge", "step_charge", "free_from", "days_min", "days_max")
    rates = [dict(zip(names, rate, strict=True)) for rate in _RATES]
    tariff_write(values=values, rates=rates, remote=remote_rows(platform), by=owner)
