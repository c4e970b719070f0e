"""Four eyes, where the setting asks for them: whoever typed a paper off doesn't verify it; the screens say why and who can."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from catalogue.certification.errors import SecondPersonNeeded
from catalogue.certification.imports.models import DecisionImport
from catalogue.certification.models import Certificate
from catalogue.certification.second_person import recorders
from catalogue.certification.services import certificate_award, certificate_complete, certificate_verify
from catalogue.certification.standards import standard_record, standard_verify
from marketplace.accounts.models import StaffRole, User
from marketplace.demo import goods as demo_goods
from marketplace.demo.loading import import_decisions_of_lam_dong
from marketplace.demo.people import people_load
from tests.factories.catalogue import DecisionFactory, GoodFactory
from tests.factories.lists import HEADER, csv_file, imported, row
from tests.factories.places import ProvinceFactory

pytestmark = pytest.mark.django_db

PAPER = {
    "stars": "4",
    "number": "3981/QĐ-UBND",
    "decided_on": "2026-08-05",
    "authority": "UBND tỉnh Lâm Đồng",
    "level": "province",
}


@pytest.fixture
def asked(settings) -> None:
    settings.CERTIFICATES_NEED_SECOND_PERSON = True


def member(name: str, role: str = StaffRole.Role.VERIFIER, province: str = "68") -> User:
    user = User.objects.create_user(f"{User.objects.count()}@example.vn", full_name=name)
    names = {"68": "Tỉnh Lâm Đồng", "01": "Thành phố Hà Nội"}
    StaffRole.objects.create(user=user, role=role).provinces.add(
        ProvinceFactory(code=province, name=names[province])
    )
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def awarded(by: User | None) -> Certificate:
    return certificate_award(product=GoodFactory(), stars=4, decision=DecisionFactory(), by=by)


def address(name: str, pk: int) -> str:
    return reverse(f"dashboard:{name}", kwargs={"pk": pk})


def test_without_the_setting_one_person_may_do_both_and_the_history_says_so() -> None:
    person = member("Lê Thị Kiểm")

    paper = certificate_verify(certificate=awarded(person), by=person)

    assert [(event.action, event.actor) for event in paper.events.all()] == [
        ("awarded", person),
        ("verified", person),
    ]
    text = signed_in(person).get(address("certificate", paper.pk)).content.decode()
    assert "<dt>Người ghi</dt><dd>Lê Thị Kiểm</dd>" in text


@pytest.mark.usefixtures("asked")
def test_whoever_recorded_or_changed_a_paper_does_not_verify_it() -> None:
    typed, mended, third = member("Người Gõ"), member("Người Sửa"), member("Người Thứ Ba")
    paper = awarded(typed)
    certificate_complete(certificate=paper, decision=paper.decision, stars=3, by=mended)
    certificate_complete(certificate=paper, decision=paper.decision, by=third)  # nothing was changed

    for person in (typed, mended, None):
        with pytest.raises(SecondPersonNeeded):
            certificate_verify(certificate=paper, by=person)

    assert recorders(paper) == [typed, mended]
    assert certificate_verify(certificate=paper, by=third).verified_by == third


@pytest.mark.usefixtures("asked")
def test_the_sentence_names_who_can_and_nobody_of_another_province() -> None:
    typed = member("Người Gõ")
    paper = awarded(typed)
    with pytest.raises(SecondPersonNeeded, match="hãy giao vai trò thẩm định"):
        certificate_verify(certificate=paper, by=typed)
    member("Người Hà Nội", province="01")
    gone = member("Đã Nghỉ")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    member("Trần Thị Soi")
    StaffRole.objects.create(user=User.objects.create_user("ca-nuoc@example.vn"), role=StaffRole.Role.ADMIN)

    with pytest.raises(SecondPersonNeeded) as refused:
        certificate_verify(certificate=paper, by=typed)

    assert str(refused.value).endswith("Những người sau có thể: ca-nuoc@example.vn, Trần Thị Soi.")


@pytest.mark.usefixtures("asked")
def test_the_desk_records_with_one_person_and_verifies_with_another() -> None:
    typed, second = member("Người Gõ"), member("Trần Thị Soi")
    good = GoodFactory(title="Trà Oolong")
    first_desk, second_desk = signed_in(typed), signed_in(second)

    recorded = first_desk.post(address("certificate-new", good.pk), PAPER, follow=True)
    paper = good.certificates.get()
    assert recorded.redirect_chain[-1][0] == address("certificate", paper.pk)
    assert "Trần Thị Soi" in recorded.content.decode()
    own = first_desk.get(address("certificate-verify", paper.pk)).content.decode()
    assert "Lưu nội dung giấy" in own
    assert "Tôi đã xem bản giấy" not in own

    corrected = first_desk.post(
        address("certificate-verify", paper.pk), PAPER | {"official_code": "LĐ-4-1"}, follow=True
    )
    paper.refresh_from_db()
    assert (paper.official_code, paper.verified_at) == ("LĐ-4-1", None)
    assert "Trần Thị Soi" in corrected.content.decode()

    second_desk.post(address("certificate-verify", paper.pk), PAPER | {"official_code": "LĐ-4-1"})
    paper.refresh_from_db()
    assert paper.verified_by == second
    text = second_desk.get(address("certificate", paper.pk)).content.decode()
    assert "<dt>Người ghi</dt><dd>Người Gõ</dd>" in text


@pytest.mark.usefixtures("asked")
def test_a_second_person_who_changes_something_leaves_it_to_a_third() -> None:
    paper = awarded(member("Người Gõ"))
    second = member("Người Sửa")
    typed = PAPER | {"number": "4000/QĐ-UBND"}

    text = signed_in(second).post(address("certificate-verify", paper.pk), typed, follow=True)

    paper.refresh_from_db()
    assert paper.decision.number == "4000/QĐ-UBND"
    assert paper.verified_at is None
    assert "hãy giao vai trò thẩm định" in text.content.decode(), "nobody else is there yet"


@pytest.mark.usefixtures("asked")
def test_a_preview_shows_what_another_persons_verification_would_mean() -> None:
    typed = member("Người Gõ")
    paper = awarded(typed)

    response = signed_in(typed).post(
        address("certificate-verify", paper.pk), PAPER | {"number": paper.decision.number, "preview": "1"}
    )

    assert "hạng 4 sao" in response.content.decode().split('id="after"')[1]
    paper.refresh_from_db()
    assert paper.verified_at is None


@pytest.mark.usefixtures("asked")
def test_a_standard_is_verified_by_a_second_person_too() -> None:
    typed, second = member("Người Gõ"), member("Trần Thị Soi")
    paper = standard_record(
        standard="vietgap",
        good=GoodFactory(),
        valid_from=date(2026, 1, 1),
        valid_until=date(2028, 1, 1),
        by=typed,
    )

    desk = signed_in(typed)
    assert "Trần Thị Soi" in desk.get(address("standard", paper.pk)).content.decode()
    assert "alert--error" in desk.post(address("standard-verify", paper.pk), follow=True).content.decode()
    paper.refresh_from_db()
    assert paper.verified_at is None

    assert standard_verify(standard=paper, by=second).verified_by == second


@pytest.mark.usefixtures("asked")
def test_a_list_waits_for_a_second_admin_who_verifies_all_of_it() -> None:
    first, second = member("Người Nhập", StaffRole.Role.ADMIN), member("Người Soát", StaffRole.Role.ADMIN)
    lines = [HEADER, *(row(number) for number in (1, 2))]
    report = imported(csv_file(lines), by=first, province="68")
    record = DecisionImport.objects.get()
    assert report.counts["unverified"] == 2
    assert not Certificate.objects.filter(verified_at__isnull=False).exists()
    assert imported(csv_file(lines), by=first, province="68").counts["unchanged"] == 2

    record = DecisionImport.objects.latest("pk")
    own, other = signed_in(first), signed_in(second)
    assert address("import-verify", record.pk) not in own.get(address("import", record.pk)).content.decode()
    own.post(address("import-verify", record.pk))
    assert not Certificate.objects.filter(verified_at__isnull=False).exists()

    assert address("import-verify", record.pk) in other.get(address("import", record.pk)).content.decode()
    other.post(address("import-verify", record.pk))

    assert set(Certificate.objects.values_list("verified_by", flat=True)) == {second.pk}
    assert address("import-verify", record.pk) not in other.get(address("import", record.pk)).content.decode()


@pytest.mark.usefixtures("asked")
def test_the_demonstration_loads_with_two_people(monkeypatch) -> None:
    monkeypatch.setattr(demo_goods, "picture_give", lambda *arguments, **keywords: None)
    people = people_load()
    import_decisions_of_lam_dong(people["admin"])

    demo_goods.goods_fill(
        by=people["admin"], verifier=people["verifier"], on_progress=lambda _done, _total: None
    )

    assert set(Certificate.objects.values_list("verified_by", flat=True)) == {people["verifier"].pk}
