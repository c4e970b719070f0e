"""Each staff role opens what its work needs and nothing beside it; who gives roles is always there."""

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.accounts.errors import LastAdministrator, RoleIsNational
from marketplace.accounts.models import StaffRole, User
from marketplace.accounts.services import staff_role_give, staff_role_take
from marketplace.audit.models import AuditEvent
from marketplace.dashboard.access import StaffAccess, may_open
from marketplace.dashboard.urls import urlpatterns
from marketplace.notices.models import Notice
from tests.factories.people import account_with_proved_mail
from tests.factories.places import ProvinceFactory

pytestmark = pytest.mark.django_db

Role = StaffRole.Role
#: What each role may open, by the names of addresses; admins open everything.
ORDERS = {"orders", "order"}
CASES = {"cases", "case", "case-step", "case-picture", "reviews", "review", "review-step"}
TALK = {
    "questions", "question", "question-step", "reported-talks", "reported-talk", "reported-talk-step",
    "reported-talk-picture",
}  # fmt: skip
ORDER_CHANGES = {
    "order-cancel", "order-consignment-cancel", "order-consignment-return", "order-release", "held",
}  # fmt: skip
PAPERS = {
    "certificates", "certificate", "programme-goods", "good", "standard", "search-explain", "producers", "producer",
}  # fmt: skip
LISTINGS = {"listing-suspend", "listing-restore", "producer-edit"}
DECISIONS = {
    "producer-merge", "merge-undo", "applications", "application", "application-paper", "application-approve", "application-step",
    "producer-number", "producer-verify", "producer-refuse", "producer-suspend", "producer-standard", "good-standard", "standard-verify",
    "standard-end", "certificate-new", "certificate-propose", "certificate-verify", "certificate-evidence",
    "certificate-extend", "certificate-withdraw", "proposal-close",
}  # fmt: skip
LISTS = {
    "imports", "import", "import-progress", "import-confirm", "import-column", "import-column-forget", "import-answer",
    "import-mend", "suggestions", "suggestion-sets", "suggestion-communes", "suggestion-commune", "good-season",
}  # fmt: skip
CAMPAIGNS = {
    "campaigns", "campaign-new", "campaign", "campaign-edit", "campaign-choice", "campaign-choice-clear",
    "campaign-schedule", "campaign-stop",
}  # fmt: skip
TRANSFERS = {
    "transfers", "transfer", "transfer-match", "transfer-split", "transfer-debt", "transfer-same", "transfer-no-order",
    "transfer-return", "transfer-returned",
    "statements", "statement", "statement-columns", "statement-take", "statement-discard", "statement-sample",
    "receiving-accounts", "receiving-account-new", "receiving-account-use", "receiving-account-rest",
}  # fmt: skip
OPENS = {
    Role.VERIFIER: {"programme"} | PAPERS | LISTINGS | DECISIONS,
    Role.CATALOGUE: {"programme"} | PAPERS | LISTINGS | LISTS,
    Role.SUPPORT: {"programme", "producers", "producer"} | ORDERS | ORDER_CHANGES | CASES | TALK,
    Role.FINANCE: {
        "programme",
        "producers",
        "producer",
        "producer-number",
        "order-goodwill",
        "order-payment-refund",
        "order-refund-retry",
        "order-refund-transfer",
    }
    | ORDERS
    | TRANSFERS,
    Role.CAMPAIGN: {"programme"} | CAMPAIGNS,
    Role.EDITOR: set(),
}


def screens() -> set[str]:
    return {
        str(pattern.name) for pattern in urlpatterns if issubclass(pattern.callback.view_class, StaffAccess)
    }


def person(*roles: str, email: str = "nguoi@example.vn") -> User:
    user = account_with_proved_mail(email, full_name="Lê Thị Mới")
    for role in roles:
        StaffRole.objects.create(user=user, role=role)
    return user


#: Packages of screens that belong to one role's work as a whole.
PACKAGES = {
    "payouts": Role.FINANCE, "ledger": Role.FINANCE, "payments": Role.FINANCE,
    "aftersale": Role.SUPPORT, "offers": Role.CAMPAIGN,
}  # fmt: skip


def screens_of(package: str) -> set[str]:
    found = f"marketplace.dashboard.{package}."
    return {
        str(pattern.name)
        for pattern in urlpatterns
        if pattern.callback.view_class.__module__.startswith(found) and pattern.name in screens()
    }


@pytest.mark.parametrize("role", OPENS)
def test_a_role_opens_what_its_work_needs(role: str) -> None:
    user = person(role)
    own = set().union(*(screens_of(package) for package, whose in PACKAGES.items() if whose == role))

    opened = {name for name in screens() if may_open(user, name)}

    assert opened - own == OPENS[role] - own


def test_an_administrator_opens_every_screen() -> None:
    user = person(Role.ADMIN)

    assert {name for name in screens() if may_open(user, name)} == screens()


def test_the_menu_offers_what_opens() -> None:
    client = Client()
    client.force_login(person(Role.SUPPORT))

    page = client.get(reverse("dashboard:programme")).content.decode()

    assert reverse("dashboard:orders") in page
    assert reverse("dashboard:campaigns") not in page
    assert reverse("dashboard:people") not in page


def admin_client(**fields: str) -> Client:
    client = Client()
    client.force_login(person(Role.ADMIN, email="quan-tri@example.vn"))
    return client


def test_an_administrator_gives_a_role_and_the_person_is_told() -> None:
    client = admin_client()
    newcomer = account_with_proved_mail("moi@example.vn", full_name="Trần Văn Mới")
    province = ProvinceFactory()

    response = client.post(
        reverse("dashboard:role-new"),
        {"contact": "moi@example.vn", "role": Role.FINANCE, "provinces": [province.pk]},
    )

    assert response.status_code == 302
    held = newcomer.staff_roles.get()
    assert (held.role, [one.pk for one in held.provinces.all()]) == (Role.FINANCE, [province.pk])
    event = AuditEvent.objects.get()
    assert (event.action, event.object_words, event.roles) == ("role.given", "Trần Văn Mới", "admin")
    assert event.changes == {"role": [None, "finance"], "provinces": [[], [province.pk]]}
    assert Notice.objects.get(template="staff_role_given").recipient == "moi@example.vn"


def test_the_provinces_of_a_role_can_be_changed() -> None:
    client = admin_client()
    held = StaffRole.objects.create(user=account_with_proved_mail("moi@example.vn"), role=Role.SUPPORT)
    province = ProvinceFactory()

    client.post(reverse("dashboard:role", kwargs={"pk": held.pk}), {"provinces": [province.pk]})

    assert [one.pk for one in held.provinces.all()] == [province.pk]


def test_giving_a_role_again_as_it_is_says_nothing_twice() -> None:
    user = account_with_proved_mail("moi@example.vn")

    for _time in range(2):
        staff_role_give(user=user, role=Role.SUPPORT, by=None)

    assert AuditEvent.objects.count() == 1


def test_the_last_administrator_of_all_provinces_stays() -> None:
    last = person(Role.ADMIN).staff_roles.get()
    some = person(Role.ADMIN, email="tinh@example.vn").staff_roles.get()
    some.provinces.add(ProvinceFactory())

    with pytest.raises(LastAdministrator):
        staff_role_take(held=last, by=None)
    with pytest.raises(LastAdministrator):
        staff_role_give(user=last.user, role=Role.ADMIN, provinces=[ProvinceFactory(code="01")], by=None)

    staff_role_take(held=some, by=None)
    assert StaffRole.objects.get() == last


def test_the_screen_says_why_the_last_administrator_stays() -> None:
    client = admin_client()
    held = StaffRole.objects.get()

    response = client.post(reverse("dashboard:role-take", kwargs={"pk": held.pk}), {"reason": "Nghỉ việc"})

    assert response.status_code == 200
    assert "quản trị viên cuối cùng" in response.content.decode()
    assert StaffRole.objects.filter(pk=held.pk).exists()


def test_campaigns_and_stories_know_no_provinces() -> None:
    with pytest.raises(RoleIsNational):
        staff_role_give(
            user=account_with_proved_mail("moi@example.vn"),
            role=Role.CAMPAIGN,
            provinces=[ProvinceFactory()],
            by=None,
        )


def test_an_editor_gets_the_editors_desk_with_the_role_and_loses_it_with_the_role() -> None:
    user = account_with_proved_mail("bien-tap@example.vn")

    held = staff_role_give(user=user, role=Role.EDITOR, by=None)
    assert User.objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")

    staff_role_take(held=held, by=None)
    assert not User.objects.get(pk=user.pk).has_perm("wagtailadmin.access_admin")


def test_the_list_shows_who_has_a_second_step() -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    client = admin_client()
    TOTP.activate(User.objects.get(), generate_totp_secret())
    person(Role.SUPPORT)

    page = client.get(reverse("dashboard:people")).content.decode()

    assert page.count("Đã bật xác thực hai bước") == 1
    assert page.count("Chưa bật xác thực hai bước") == 1
