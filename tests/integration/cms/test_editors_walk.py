"""Every address of the editors' desk, tried by everybody who is no editor: the one door or a plain no, never a page, never a change."""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, URLResolver
from wagtail.admin import urls as editors_urls
from wagtail.documents.models import Document
from wagtail.models import Page

from marketplace.accounts.models import User
from tests.factories.catalogue import sold_pack
from tests.factories.pages import home_page, region_page
from tests.factories.producers import MembershipFactory

pytestmark = pytest.mark.django_db

#: The interface's words and the drawings of its buttons: nothing of ours.
FOR_EVERYBODY = {"/cms/jsi18n/", "/cms/sprite/"}
#: The one address that is a pattern of its own.
COMPARE = "pages/{pk}/revisions/compare/earliest...latest/"
SECRET = "Bí Mật Của Ban Biên Tập"


def routes(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def addresses(page: Page) -> list[str]:
    """Return every address of the desk, with the page's number wherever a number is asked for."""
    found = set()
    for route in routes(editors_urls.urlpatterns):
        path = COMPARE if "(?P<" in route else route
        path = re.sub(r"<int:\w+>", "{pk}", path)
        path = re.sub(r"<\w+:(\w*app\w*)>", "cms_home", path)
        path = re.sub(r"<\w+:(\w*model\w*)>", "homepage", path)
        path = re.sub(r"<[\w:]+>", "{pk}", path)
        path = path.replace("^.*/$", "anything/").replace("^", "").replace("$", "")
        found.add("/cms/" + path.format(pk=page.pk))
    return sorted(found)


@pytest.fixture
def page() -> Page:
    """A page with a draft that nobody but editors may read."""
    region = region_page(home_page())
    region.introduction = SECRET
    region.save_revision()
    Document.objects.create(title=SECRET, file=ContentFile(b"x", "mat.txt"))
    return Page.objects.get(pk=region.pk)


def nobody() -> Client:
    return Client()


def buyer() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("mua@example.vn"))
    return client


def producer() -> Client:
    client = Client()
    owner = User.objects.create_user("chuthe@example.vn")
    MembershipFactory(producer=sold_pack().parent.producer, user=owner)
    client.force_login(owner)
    return client


@pytest.mark.parametrize("visitor", [nobody, buyer, producer])
def test_nobody_but_an_editor_gets_past_any_address_of_the_desk(page: Page, visitor) -> None:
    client = visitor()
    before = list(Page.objects.order_by("pk").values())
    tried = [address for address in addresses(page) if address not in FOR_EVERYBODY]
    assert len(tried) > 200
    opened, shut = [], 0
    for address in tried:
        for ask in (client.get, client.post):
            response = ask(address)
            to = response.headers.get("Location", "")
            refused = response.status_code in {403, 404, 405} or (
                response.status_code in {301, 302} and ("/cms/login/" in to or "/tai-khoan/" in to)
            )
            if not refused or SECRET in response.content.decode(errors="replace"):
                opened.append((response.status_code, address, to))
            shut += "/login/" in to or "dang-nhap" in to
    assert opened == []
    assert shut > 1.6 * len(tried), (shut, len(tried), "the walk misses the addresses: they are not there")
    assert list(Page.objects.order_by("pk").values()) == before
