"""Who forgot the password signs in with a code, by phone or mail, and sets a new password without the old one."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from marketplace.accounts.models import StaffRole, User
from marketplace.notices.models import Notice
from tests.factories.people import account_with_proved_mail

pytestmark = pytest.mark.django_db

PHONE = "+84912345678"
OLD = "mat-khau-rat-dai"
NEW = "mat-khau-moi-hon"


@pytest.fixture(autouse=True)
def _no_tries_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def lan() -> User:
    """Somebody with a phone that is proved, and no mail."""
    return User.objects.create_user(
        password=OLD, phone=PHONE, phone_verified_at=timezone.now(), full_name="Nguyễn Thị Lan"
    )


def ask(client: Client, login: str = "0912 345 678", **data: str) -> HttpResponse:
    """Ask for a code, the limits of an earlier one forgotten."""
    cache.clear()
    return client.post(reverse("account_request_login_code"), {"login": login, **data})


def enter(client: Client, code: str, **data: str) -> HttpResponse:
    return client.post(reverse("account_confirm_login_code"), {"code": code, **data})


def code_sent() -> str:
    """Return the code of the last message."""
    context = Notice.objects.latest("pk").context
    found = re.search(r"\b\d{6}\b", context.get("code") or context["body"])
    assert found
    return found[0]


def sign_in_by_code(client: Client, login: str = "0912 345 678") -> HttpResponse:
    ask(client, login)
    return enter(client, code_sent())


def is_signed_in(client: Client, user: User) -> bool:
    return client.session.get("_auth_user_id") == str(user.pk)


def words(response: HttpResponse) -> str:
    return response.content.decode()


def age_code(client: Client, seconds: int) -> None:
    session = client.session
    session["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"] -= seconds
    session.save()


def age_sign_in(client: Client, seconds: int) -> None:
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= seconds
    session.save()


def test_the_whole_way_by_phone(client: Client, lan: User) -> None:
    assert reverse("account_request_login_code") in words(client.get(reverse("account_login")))
    assert reverse("account_request_login_code") in words(client.get(reverse("account_reset_password")))

    answer = ask(client)
    assert answer["Location"] == reverse("account_confirm_login_code")
    message = Notice.objects.get()
    assert (message.channel, message.recipient, message.template) == ("sms", PHONE, "phone_code")
    page = words(client.get(answer["Location"])).replace("\u00a0", " ")
    assert 'name="login" value="0912 345 678"' in page
    assert 'inputmode="numeric"' in page
    assert 'autocomplete="one-time-code"' in page
    assert enter(client, code_sent()).status_code == 302
    assert is_signed_in(client, lan)

    page = words(client.get(reverse("account_change_password")))
    assert "oldpassword" not in page
    assert "Bạn vừa đăng nhập bằng mã nên không cần nhập mật khẩu cũ." in page
    answer = client.post(reverse("account_change_password"), {"password1": NEW, "password2": NEW})
    assert answer["Location"] == reverse("customer:home")
    lan.refresh_from_db()
    assert lan.check_password(NEW)
    assert is_signed_in(client, lan)
    assert Notice.objects.filter(template="password_changed", channel="sms", recipient=PHONE).count() == 1


def test_the_whole_way_by_mail(client: Client) -> None:
    hoa = account_with_proved_mail("hoa@example.com", OLD)
    ask(client, "HOA@example.com")
    message = Notice.objects.get()
    assert (message.channel, message.recipient) == ("mail", "hoa@example.com")
    enter(client, code_sent())
    assert is_signed_in(client, hoa)

    client.post(reverse("account_change_password"), {"password1": NEW, "password2": NEW})

    hoa.refresh_from_db()
    assert hoa.check_password(NEW)
    told = Notice.objects.latest("pk")
    assert (told.channel, told.recipient) == ("mail", "hoa@example.com")
    assert told.context["subject"] == "Đã đổi mật khẩu"


def test_a_code_leads_where_one_wanted_to_go(client: Client, lan: User) -> None:
    wanted = reverse("customer:orders")
    answer = ask(client, next=wanted)
    page = words(client.get(answer["Location"]))
    assert f'name="next" value="{wanted}"' in page
    assert enter(client, code_sent(), next=wanted)["Location"] == wanted


@pytest.mark.parametrize("login", ["0987 654 321", "khong-ai@example.com"])
def test_nobody_learns_who_has_an_account(client: Client, lan: User, login: str) -> None:
    known = Client()
    of_known, of_unknown = ask(known), ask(client, login)
    assert (of_unknown.status_code, of_unknown["Location"]) == (of_known.status_code, of_known["Location"])

    pages = [words(each.get(of_known["Location"])) for each in (known, client)]
    assert all("đã có tài khoản" in page for page in pages)
    assert not Notice.objects.filter(recipient="+84987654321").exists()

    # The same for a wrong code, for one more code, and for too many of them.
    assert [enter(each, "000000").status_code for each in (known, client)] == [200, 200]
    again = [each.post(reverse("account_request_login_code"), {"login": login}) for each in (known, client)]
    assert [answer.status_code for answer in again] == [200, 200]
    assert all("Vui lòng chờ một phút" in words(answer) for answer in again)


def test_a_mail_to_nobody_says_that_there_is_no_account(client: Client) -> None:
    ask(client, "khong-ai@example.com")
    message = Notice.objects.get()
    assert "khong-ai@example.com" in message.context["body"]
    assert "example.com]" not in message.context["subject"]
    assert not re.search(r"\b\d{6}\b", message.context["body"])


def test_each_number_gets_one_code_a_minute_and_a_few_an_hour(client: Client, lan: User) -> None:
    url, login = reverse("account_request_login_code"), {"login": "0912345678"}
    assert client.post(url, login).status_code == 302
    assert "Vui lòng chờ một phút" in words(client.post(url, login))
    assert Notice.objects.count() == 1
    # The code that one has still counts, and the page says so.
    assert reverse("account_confirm_login_code") in words(client.get(url))
    assert enter(client, code_sent()).status_code == 302
    assert is_signed_in(client, lan)


def test_one_visitor_gets_few_codes_for_however_many_numbers(client: Client) -> None:
    people = [
        User.objects.create_user(password=OLD, phone=f"+8491234567{digit}", phone_verified_at=timezone.now())
        for digit in range(7)
    ]
    for person in people:
        Client().post(reverse("account_request_login_code"), {"login": person.phone})
    assert Notice.objects.count() == 5


def test_codes_by_the_hour_and_the_day(settings: Any) -> None:
    limits = {"1/m/key", "5/h/key", "10/d/key", "30/h/ip"}
    assert limits <= set(settings.ACCOUNT_RATE_LIMITS["request_login_code"].split(","))


def test_an_expired_code_says_so(client: Client, lan: User) -> None:
    ask(client)
    age_code(client, 601)
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_sent()}, follow=True)
    assert answer.redirect_chain == [(reverse("account_request_login_code"), 302)]
    assert "Mã này không còn hiệu lực" in words(answer)
    assert not is_signed_in(client, lan)


def test_a_wrong_code_says_so_and_the_third_ends_it(client: Client, lan: User) -> None:
    ask(client)
    code = code_sent()
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert "Mã không đúng." in words(enter(client, wrong))
    assert "Mã không đúng." in words(enter(client, wrong))
    assert "nhập sai mã quá nhiều lần" in words(
        client.post(reverse("account_confirm_login_code"), {"code": wrong}, follow=True)
    )
    enter(client, code)
    assert not is_signed_in(client, lan)


def test_guesses_that_come_at_the_same_moment_are_counted_too(client: Client, lan: User) -> None:
    """Each of these tries sees a session that counts none before it."""
    ask(client)
    code = code_sent()
    as_it_was = dict(client.session.items())
    for _guess in range(15):
        assert enter(client, "x").status_code == 200
        session = client.session
        session.update(as_it_was)
        session.save()

    assert enter(client, code)["Location"] == reverse("account_request_login_code")
    assert not is_signed_in(client, lan)


def test_a_new_code_takes_the_place_of_the_old_one(client: Client, lan: User) -> None:
    ask(client)
    old = code_sent()
    assert ask(client)["Location"] == reverse("account_confirm_login_code")
    new = code_sent()
    assert Notice.objects.count() == 2
    if old != new:
        assert enter(client, old).status_code == 200
    enter(client, new)
    assert is_signed_in(client, lan)


def test_another_number_may_be_given_while_a_code_is_on_its_way(client: Client, lan: User) -> None:
    ask(client, "0987 654 321")
    assert client.get(reverse("account_request_login_code")).status_code == 200
    sign_in_by_code(client)
    assert is_signed_in(client, lan)


def test_the_second_factor_is_still_asked_for(client: Client, lan: User) -> None:
    TOTP.activate(lan, generate_totp_secret())
    answer = sign_in_by_code(client)
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client, lan)
    assert client.get(reverse("account_change_password")).status_code == 302


@pytest.mark.parametrize("login", ["0912 345 678", "lan@example.com"])
def test_a_closed_account_gets_no_code(client: Client, lan: User, login: str) -> None:
    User.objects.filter(pk=lan.pk).update(is_active=False, email="lan@example.com")
    EmailAddress.objects.create(user=lan, email="lan@example.com", verified=True, primary=True)
    answer = ask(client, login)
    assert answer["Location"] == reverse("account_confirm_login_code")
    assert not Notice.objects.filter(template="phone_code").exists()


def test_an_account_closed_meanwhile_stays_closed(client: Client, lan: User) -> None:
    ask(client)
    User.objects.filter(pk=lan.pk).update(is_active=False)
    assert "Mã này không còn hiệu lực" in words(
        client.post(reverse("account_confirm_login_code"), {"code": code_sent()}, follow=True)
    )
    assert not is_signed_in(client, lan)


def test_a_number_that_changed_hands_meanwhile_stays_with_its_new_owner(client: Client, lan: User) -> None:
    ask(client)
    code = code_sent()
    User.objects.filter(pk=lan.pk).update(phone="+84987654321")
    mai = User.objects.create_user(password=OLD, phone=PHONE, phone_verified_at=timezone.now())

    enter(client, code)

    assert not is_signed_in(client, lan)
    assert not is_signed_in(client, mai)
    mai.refresh_from_db()
    lan.refresh_from_db()
    assert (mai.phone, lan.phone) == (PHONE, "+84987654321")


def test_a_code_proves_the_phone(client: Client, lan: User) -> None:
    User.objects.filter(pk=lan.pk).update(phone_verified_at=None)
    sign_in_by_code(client)
    lan.refresh_from_db()
    assert is_signed_in(client, lan)
    assert lan.phone_verified_at is not None


def test_who_claimed_a_strangers_phone_is_out_once_the_stranger_proves_it(client: Client) -> None:
    claimed = User.objects.create_user("ke-xau@example.com", OLD, phone=PHONE)
    EmailAddress.objects.create(user=claimed, email="ke-xau@example.com", primary=True)

    sign_in_by_code(client)

    claimed.refresh_from_db()
    assert is_signed_in(client, claimed)
    assert not claimed.has_usable_password()
    assert claimed.email is None
    assert not EmailAddress.objects.exists()
    page = client.get(reverse("account_change_password"), follow=True)
    assert page.redirect_chain == [(reverse("account_set_password"), 302)]
    assert "đặt mật khẩu mới" in words(page)


def test_who_claimed_a_strangers_mail_is_out_once_the_stranger_proves_it(client: Client) -> None:
    claimed = User.objects.create_user("hoa@example.com", OLD, phone=PHONE)
    EmailAddress.objects.create(user=claimed, email="hoa@example.com", primary=True)

    sign_in_by_code(client, "hoa@example.com")

    claimed.refresh_from_db()
    assert is_signed_in(client, claimed)
    assert not claimed.has_usable_password()
    assert claimed.phone is None
    assert EmailAddress.objects.get().verified


def test_a_phone_that_somebody_mistyped_opens_no_account_of_a_proved_mail(client: Client) -> None:
    hoa = account_with_proved_mail("hoa@example.com", OLD, phone=PHONE)
    ask(client)
    assert not Notice.objects.exists()
    enter(client, "")
    assert not is_signed_in(client, hoa)


def test_a_proved_account_keeps_its_password(client: Client, lan: User) -> None:
    sign_in_by_code(client)
    lan.refresh_from_db()
    assert lan.check_password(OLD)


def test_the_old_password_is_asked_for_again_after_a_while(client: Client, lan: User) -> None:
    sign_in_by_code(client)
    age_sign_in(client, 901)

    assert "oldpassword" in words(client.get(reverse("account_change_password")))
    client.post(reverse("account_change_password"), {"password1": NEW, "password2": NEW})

    lan.refresh_from_db()
    assert lan.check_password(OLD)


def test_a_sign_in_by_password_asks_for_the_old_one(client: Client, lan: User) -> None:
    client.post(reverse("account_login"), {"login": PHONE, "password": OLD})
    assert is_signed_in(client, lan)

    client.post(reverse("account_change_password"), {"password1": NEW, "password2": NEW})

    lan.refresh_from_db()
    assert lan.check_password(OLD)


def test_who_confirmed_the_mail_alone_is_asked_for_the_phone_as_well(client: Client) -> None:
    hoa = account_with_proved_mail("hoa@example.com", OLD, phone=PHONE)
    answer = sign_in_by_code(client, "hoa@example.com")
    assert answer["Location"] == reverse("account_verify_phone")
    client.post(answer["Location"], {"code": code_sent()})
    assert is_signed_in(client, hoa)


@pytest.mark.parametrize("login", ["", "abc", "12", "a@b", "@"])
def test_what_is_neither_phone_nor_mail_says_what_to_enter(client: Client, login: str) -> None:
    page = words(ask(client, login))
    assert "field__error" in page
    assert not Notice.objects.exists()


def test_without_text_messages_a_phone_is_refused_to_all_alike(
    client: Client, lan: User, settings: Any
) -> None:
    settings.SMS_ADAPTER = ""
    assert all("Hiện chưa gửi được tin nhắn" in words(ask(client, phone)) for phone in (PHONE, "0987654321"))


@pytest.mark.parametrize(
    ("role", "is_sent"), [("admin", False), ("finance", False), ("support", True), ("verifier", True)]
)
def test_a_text_message_alone_opens_no_account_that_moves_money(
    role: str, is_sent: bool, client: Client, lan: User
) -> None:
    StaffRole.objects.create(user=lan, role=role)

    answer = ask(client, PHONE)

    assert answer["Location"] == reverse("account_confirm_login_code"), "the same answer as for everybody"
    assert Notice.objects.filter(template="phone_code", recipient=lan.phone).exists() is is_sent


def test_with_a_second_factor_the_text_message_is_only_the_first(client: Client, lan: User) -> None:
    StaffRole.objects.create(user=lan, role="finance")
    auth.TOTP.activate(lan, auth.generate_totp_secret())

    answer = sign_in_by_code(client)

    assert answer["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client, lan)


def test_both_languages(client: Client, lan: User) -> None:
    assert reverse("account_request_login_code") == "/vi/tai-khoan/dang-nhap/ma/"
    with translation.override("en"):
        asked, confirm = reverse("account_request_login_code"), reverse("account_confirm_login_code")
    assert (asked, confirm) == ("/en/account/sign-in/code/", "/en/account/sign-in/code/confirm/")
    assert "Send the code" in words(client.get(asked))
    assert client.post(asked, {"login": "0912345678"})["Location"] == confirm
    page = words(client.get(confirm))
    assert "Code of 6 digits" in page
    assert "Incorrect code." in words(client.post(confirm, {"code": "1"}))
    assert Notice.objects.get().language == "en"


def test_a_phone_of_a_new_account_is_proved_by_the_same_kind_of_code(client: Client) -> None:
    answer = client.post(
        reverse("account_signup"), {"full_name": "Lan", "phone": PHONE, "password1": OLD}, follow=True
    )
    assert 'inputmode="numeric"' in words(answer)
    client.post(answer.redirect_chain[-1][0], {"code": code_sent()})
    assert is_signed_in(client, User.objects.get())
