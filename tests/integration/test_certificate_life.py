"""Four years of a certificate: its producer is reminded once at each step, its goods leave the shop and come back at the day."""

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.certification.models import Certificate, CertificateReminder
from catalogue.certification.reminders import STEPS, certificates_remind_due
from catalogue.certification.rules import sellable_q, shown_q
from catalogue.certification.services import certificate_extend, certificate_withdraw
from catalogue.models import Product
from catalogue.producers.models import Membership
from marketplace.clock import VIETNAM, today
from marketplace.notices.models import Notice, PersonalNotice
from marketplace.notices.services import notices_send_due
from tests.factories.catalogue import CertificateFactory, sold_pack
from tests.factories.notices import member

pytestmark = pytest.mark.django_db
ISSUED, ENDS = date(2026, 8, 5), date(2029, 8, 5)
ROLES = {
    "chu@example.vn": Membership.Role.OWNER,
    "ban@example.vn": Membership.Role.SELLER,
    "goi@example.vn": Membership.Role.PACKER,
    "tien@example.vn": Membership.Role.ACCOUNTANT,
}


class Travel:
    """The day, as this test has it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.to(ISSUED)
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def to(self, day: date, hour: int = 9) -> None:
        self.now = datetime.combine(day, time(hour), tzinfo=VIETNAM)

    def remind(self, day: date) -> int:
        self.to(day)
        return certificates_remind_due()


@pytest.fixture
def travel(monkeypatch: pytest.MonkeyPatch) -> Travel:
    return Travel(monkeypatch)


@pytest.fixture
def pack() -> Product:
    made = sold_pack(title="Trà atiso")
    for mail_address, role in ROLES.items():
        member(mail_address, role, producer=made.parent.producer)
    return made


def in_the_shop(pack: Product) -> bool:
    shown = Product.objects.filter(shown_q(today()), pk=pack.parent_id).exists()
    sold = Product.objects.filter(sellable_q(today(), at=timezone.now()), pk=pack.pk).exists()
    assert shown == sold
    return shown


def test_four_years(travel: Travel, pack: Product) -> None:
    renewed = ENDS + timedelta(days=36)
    reminded: Counter[int] = Counter()
    left, came_back = [], []
    was_there = True
    for number in range(4 * 365 + 1):
        day = ISSUED + timedelta(days=number)
        travel.to(day)
        if day == renewed - timedelta(
            days=5
        ):  # the authority decided; the paper is verified before it begins
            CertificateFactory(product=pack.parent, valid_from=renewed, valid_until=date(2032, 9, 9))
        for _worker in range(2):
            reminded[(ENDS - day).days] += certificates_remind_due()
        if (there := in_the_shop(pack)) != was_there:
            (came_back if there else left).append(day)
            was_there = there

    assert {days: count for days, count in reminded.items() if count} == dict.fromkeys(STEPS, 1)
    assert (left, came_back) == ([ENDS + timedelta(days=1)], [renewed])
    told = Counter(PersonalNotice.objects.values_list("person__email", flat=True))
    assert told == {"chu@example.vn": len(STEPS), "ban@example.vn": len(STEPS)}
    notices_send_due()
    assert Counter(message.to[0] for message in mail.outbox) == told


@pytest.mark.parametrize(
    ("days", "title", "advice"),
    [
        (240, "Trà atiso: giấy chứng nhận còn 240 ngày", "từ 06/02/2029 đến 07/04/2029"),
        (
            180,
            "Trà atiso: giấy chứng nhận còn 180 ngày, nộp hồ sơ chậm nhất ngày 07/04/2029",
            "chậm nhất là 07/04/2029",
        ),
        (
            120,
            "Trà atiso: giấy chứng nhận còn 120 ngày, nộp hồ sơ chậm nhất ngày 07/04/2029",
            "chậm nhất là 07/04/2029",
        ),
        (60, "Trà atiso: giấy chứng nhận còn 60 ngày, hãy gọi cho tỉnh", "đã hết ngày 07/04/2029"),
    ],
)
def test_the_window_in_which_to_file_is_named(
    travel: Travel, pack: Product, days: int, title: str, advice: str
) -> None:
    travel.remind(ENDS - timedelta(days=days))
    notices_send_due()

    assert mail.outbox[0].subject == title
    assert advice in mail.outbox[0].body
    assert f"/quan-ly/p/{pack.parent.producer_id}/goods/{pack.parent_id}/" in mail.outbox[0].body


def test_who_was_not_reminded_in_time_is_reminded_of_the_newest_step_alone(
    travel: Travel, pack: Product
) -> None:
    assert travel.remind(ENDS - timedelta(days=100)) == 1
    assert travel.remind(ENDS - timedelta(days=61)) == 0

    assert list(CertificateReminder.objects.values_list("days", flat=True)) == [120]
    assert set(PersonalNotice.objects.values_list("title", flat=True)) == {
        "Trà atiso: giấy chứng nhận còn 100 ngày, hãy gọi cho tỉnh"
    }


def test_a_producer_that_nobody_belongs_to_yet_is_reminded_once_somebody_does(travel: Travel) -> None:
    pack = sold_pack()
    day = ENDS - timedelta(days=130)
    assert travel.remind(day) == 0
    assert not Notice.objects.exists(), "nobody who never came here is written to"

    member(producer=pack.parent.producer)

    assert travel.remind(day) == 1


def test_who_has_the_next_certificate_already_is_left_in_peace(travel: Travel, pack: Product) -> None:
    CertificateFactory(product=pack.parent, valid_from=ENDS + timedelta(days=1), valid_until=date(2032, 8, 5))

    assert [travel.remind(ENDS - timedelta(days=days)) for days in STEPS] == [0] * len(STEPS)


def test_what_was_withdrawn_or_is_only_proposed_is_not_reminded_of(travel: Travel, pack: Product) -> None:
    paper = Certificate.objects.get()
    CertificateFactory(product=pack.parent, stars=5, state=Certificate.State.PROPOSED, unverified=True)
    travel.to(ENDS - timedelta(days=200))
    certificate_withdraw(certificate=paper, ground="criteria_not_met", by=None)

    assert certificates_remind_due() == 0


def test_an_extension_has_an_end_of_its_own(travel: Travel, pack: Product) -> None:
    travel.remind(ENDS - timedelta(days=7))
    certificate_extend(
        certificate=Certificate.objects.get(),
        until=ENDS + timedelta(days=60),
        by=None,
        reason="Tỉnh nhận muộn",
    )

    assert travel.remind(ENDS) == 1
    assert travel.remind(ENDS + timedelta(days=53)) == 1, "seven days again"
    assert in_the_shop(pack)
    travel.to(ENDS + timedelta(days=61))
    assert not in_the_shop(pack)


def test_a_quiet_sweep_costs_one_query(travel: Travel, pack: Product) -> None:
    travel.to(ENDS - timedelta(days=300))
    certificates_remind_due()
    with CaptureQueriesContext(connection) as asked:
        certificates_remind_due()

    assert len(asked) <= 2
