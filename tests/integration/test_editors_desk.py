"""The editors' desk: in the shop's colours, in Vietnamese, and asking nobody else."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from wagtail.models import Page

from checkout.campaigns.services import CampaignData, campaign_create
from cms.blocks.choices import campaign_choices
from cms.home.models import HomePage
from tests.factories.editors import editor_signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client, settings: Settings) -> Client:
    """A browser of somebody who writes and publishes."""
    return editor_signed_in(client, settings)


@pytest.mark.parametrize("address", ["/cms/", "/cms/pages/{home}/edit/"])
def test_the_desk_wears_the_shops_colours_and_asks_no_other_host(editor: Client, address: str) -> None:
    home = HomePage.objects.get(locale__language_code="vi")

    html = editor.get(address.format(home=home.pk)).content.decode()

    assert "css/editors.css" in html
    assert "img/seal.svg" in html
    loaded = re.findall(r'<(?:img|script|link|iframe)[^>]+(?:src|href)="(https?:)?//([^"/]+)', html)
    assert loaded == []
    assert "gravatar" not in html


def test_what_an_editor_presses_is_vietnamese(editor: Client) -> None:
    home = HomePage.objects.get(locale__language_code="vi")

    html = editor.get(f"/cms/pages/{home.pk}/edit/").content.decode()

    assert "Lưu bản nháp" in html
    assert "Save draft" not in html
    assert "Promote" not in html


def test_a_banner_may_belong_to_a_campaign_of_the_back_office(editor: Client) -> None:
    """The desk doesn't know the till: the back office tells it which campaigns there are."""
    campaign = campaign_create(
        data=CampaignData(
            name="Tết sum vầy",
            starts_at=timezone.now(),
            ends_at=timezone.now() + timedelta(days=9),
            percent=10,
        )
    )

    assert campaign_choices() == [(campaign.source, "Tết sum vầy")]
    home = HomePage.objects.get(locale__language_code="vi")
    assert campaign.source in editor.get(f"/cms/pages/{home.pk}/edit/").content.decode()


@pytest.mark.parametrize(
    ("address", "vietnamese", "english"),
    [
        ("/cms/pages/", ["Trang chủ", "Trang 1 trên 1", "1–2 trong 2"], ["Home page", "Pages created here", "Page 1", " of 2"]),
        ("/cms/pages/{home}/", ["Các vùng đất", "Các câu chuyện", "hiển thị", "phút"], ["index page", "minutes", ">live<", "View history"]),
        ("/cms/images/", ["Chưa có hình nào"], ["Why not"]),
        ("/cms/images/chooser/", ["Cách xem"], ["Why not", "Layout"]),
        ("/cms/documents/", ["Chưa có tài liệu nào"], ["Why not"]),
        ("/cms/pages/{home}/edit/", ["Đang sửa Trang chủ"], ["Home page", "Select an option"]),
    ],
)  # fmt: skip
def test_what_an_editor_reads_is_vietnamese(
    editor: Client, address: str, vietnamese: list[str], english: list[str]
) -> None:
    home = HomePage.objects.get(locale__language_code="vi")
    Page.objects.update(latest_revision_created_at=timezone.now() - timedelta(minutes=3))

    response = editor.get(address.format(home=home.pk))
    html = (
        response.json()["html"] if "json" in response.headers["Content-Type"] else response.content.decode()
    )
    shown = re.sub(r"<script.*?</script>|<!--.*?-->", "", html, flags=re.DOTALL)

    assert [words for words in vietnamese if words not in shown] == []
    assert [words for words in english if words in shown] == []
