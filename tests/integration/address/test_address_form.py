"""The address form: old and new names, radio buttons where more than one commune could be meant."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from marketplace.accounts.models import User
from marketplace.address.forms import AddressForm
from marketplace.address.models import UserAddress

pytestmark = pytest.mark.django_db

VALID = {
    "recipient_name": "Nguyễn Thị Hoa",
    "phone": "0912 345 678",
    "province": "68",
    "commune": "Phú Hội, Đức Trọng",
    "street": "Thôn 3",
}


@pytest.fixture
def buyer():
    return User.objects.create_user(phone="+84912345678")


def offered(form):
    return [suggestion.commune.name for suggestion in form.fields["commune"].widget.suggestions]


def code_of(form, field):
    return form.errors.as_data()[field][0].code


def test_an_old_name_becomes_the_commune_of_today_and_is_remembered(buyer):
    form = AddressForm(VALID, instance=UserAddress(user=buyer))

    assert form.is_valid(), form.errors
    address = form.save()

    assert address.lines() == ["Thôn 3", "Xã Đức Trọng", "Tỉnh Lâm Đồng"]
    assert (address.phone, address.phone_display) == ("+84912345678", "0912 345 678")
    assert (address.legacy_commune_code, address.legacy_district_code) == ("24982", "678")
    assert address.former_unit.full_name == "Xã Phú Hội, Huyện Đức Trọng, Tỉnh Lâm Đồng"


def test_a_name_of_today_has_no_old_unit():
    form = AddressForm({**VALID, "commune": "xã Đức Trọng"})

    assert form.is_valid(), form.errors
    assert form.address_values()["commune"].name == "Xã Đức Trọng"
    assert form.address_values()["legacy_commune_code"] == ""


def test_a_divided_commune_comes_back_with_its_parts_to_choose_from():
    form = AddressForm({**VALID, "province": "01", "commune": "phường Ngọc Hà"})

    assert not form.is_valid()
    assert code_of(form, "commune") == "commune_divided"
    assert offered(form) == ["Phường Ngọc Hà", "Phường Ba Đình"]
    assert 'type="radio"' in str(form["commune"])


def test_the_chosen_radio_button_decides():
    first = AddressForm({**VALID, "province": "01", "commune": "phường Ngọc Hà"})
    first.is_valid()
    choice = first.fields["commune"].widget.suggestions[1].value

    form = AddressForm(
        {
            **VALID,
            "province": "01",
            "commune": "phường Ngọc Hà",
            "commune_choice": choice,
            "commune_choice_for": "phường Ngọc Hà",
        }
    )

    assert form.is_valid(), form.errors
    assert form.address_values()["commune"].name == "Phường Ba Đình"
    assert form.address_values()["legacy_commune_code"] == "00016"


def test_a_choice_for_another_text_is_not_taken():
    form = AddressForm(
        {**VALID, "commune": "Liên Nghĩa", "commune_choice": "24781", "commune_choice_for": "Phường 1"}
    )

    assert form.is_valid(), form.errors
    assert form.address_values()["commune"].name == "Xã Đức Trọng"


@pytest.mark.parametrize("choice", ["00004", "99999", "24958-00000-000", "'; drop table", "24958-24982"])
def test_a_forged_choice_is_not_taken(choice):
    form = AddressForm(
        {**VALID, "commune": "xã tân thành", "commune_choice": choice, "commune_choice_for": "xã tân thành"}
    )

    assert not form.is_valid()
    assert code_of(form, "commune") == "commune_ambiguous"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"recipient_name": ""}, "recipient_name", "required"),
        ({"recipient_name": "12345"}, "recipient_name", "name_without_letters"),
        ({"phone": "091234"}, "phone", "phone_not_valid"),
        ({"province": ""}, "province", "required"),
        ({"province": "99"}, "province", "invalid_choice"),
        ({"commune": ""}, "commune", "required"),
        ({"commune": "Ngọc Hà"}, "commune", "commune_elsewhere"),
        ({"commune": "Xyzabc"}, "commune", "commune_unknown"),
        ({"commune": "phu h"}, "commune", "commune_ambiguous"),
        ({"commune": "Đà Lạt"}, "commune", "commune_district"),
        ({"street": " "}, "street", "required"),
    ],
)
def test_errors_say_what_is_wrong(changes, field, code):
    form = AddressForm({**VALID, **changes})

    assert not form.is_valid()
    assert code_of(form, field) == code


def test_a_commune_of_another_province_names_that_province():
    form = AddressForm({**VALID, "commune": "Ba Đình"})

    assert not form.is_valid()
    assert "Hà Nội" in form.errors["commune"][0]


def said_of(commune: str) -> str:
    form = AddressForm({**VALID, "commune": commune})
    with translation.override("vi"):
        assert not form.is_valid()
        return form.errors["commune"][0]


def test_a_former_city_says_how_many_communes_it_is_now():
    assert said_of("Đà Lạt") == "“Đà Lạt” nay gồm 5 xã, phường. Hãy chọn nơi của bạn."


def test_a_beginning_is_not_called_a_name_of_several():
    assert said_of("phu h") == "Có thể là một trong các xã, phường sau. Hãy chọn nơi của bạn."


def test_a_saved_address_is_shown_with_its_commune_chosen(buyer):
    form = AddressForm(VALID, instance=UserAddress(user=buyer))
    form.is_valid()
    address = form.save()

    html = str(AddressForm(instance=UserAddress.objects.get(pk=address.pk))["commune"])

    assert 'value="Xã Đức Trọng"' in html
    assert 'value="24958-24982-678" checked' in html


def test_a_prefix_keeps_two_forms_apart():
    data = {f"shipping-{name}": value for name, value in VALID.items()}

    form = AddressForm(data, prefix="shipping")

    assert form.is_valid(), form.errors
    assert 'hx-include="#id_shipping-province"' in str(form["commune"])


def test_one_default_address_a_person(buyer):
    UserAddress.objects.create(user=buyer, is_default_for_shipping=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        UserAddress.objects.create(user=buyer, is_default_for_shipping=True)


def test_the_values_of_an_address_can_be_copied(buyer):
    form = AddressForm(VALID, instance=UserAddress(user=buyer))
    form.is_valid()

    assert form.save().address_values() == form.address_values()


def test_suggestions_are_radio_buttons_that_anyone_may_cache(client):
    response = client.get("/vi/dia-danh/goi-y/", {"name": "commune", "province": "68", "commune": "phu hoi"})

    assert response.status_code == 200
    assert "Xã Đức Trọng" in response.text
    assert 'name="commune_choice" value="24958-24982-678" checked' in response.text
    assert "public" in response.headers["Cache-Control"]
    assert "Cookie" not in response.headers.get("Vary", "")


def test_suggestions_answer_in_english_and_with_a_prefix(client):
    parameters = {"name": "shipping-commune", "shipping-province": "68", "shipping-commune": "lạc dương"}

    response = client.get("/en/places/suggest/", parameters)

    assert 'name="shipping-commune_choice" value="24848"' in response.text


def test_typed_text_is_escaped(client):
    response = client.get("/vi/dia-danh/goi-y/", {"province": "68", "commune": '"><script>xã đức trọng'})

    assert "<script>" not in response.text
