"""The accounts of the demonstration: one for each of the people who use the shop."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class DemoAccount:
    """Somebody to sign in as; the password of all of them is `settings.DEMO_PASSWORD`."""

    key: str
    role: StrPromise
    email: str
    phone: str
    #: Where this person begins.
    start: str


BUYER: Final = DemoAccount("buyer", _("Buyer"), "nguoimua@demo.example", "+84901000001", "/")
PRODUCER: Final = DemoAccount(
    "producer", _("Producer"), "chuthe@demo.example", "+84901000002", "/vi/quan-ly/"
)
SECOND_PRODUCER: Final = DemoAccount(
    "second_producer", _("Another producer"), "chuthe2@demo.example", "+84901000003", "/vi/quan-ly/"
)
ADMIN: Final = DemoAccount("admin", _("Admin"), "quantri@demo.example", "+84901000004", "/vi/quan-ly/")
VERIFIER: Final = DemoAccount(
    "verifier", _("Verifier"), "thamdinh@demo.example", "+84901000006", "/vi/quan-ly/"
)
FINANCE: Final = DemoAccount("finance", _("Finance"), "taichinh@demo.example", "+84901000007", "/vi/quan-ly/")
SUPPORT: Final = DemoAccount("support", _("Support"), "hotro@demo.example", "+84901000008", "/vi/quan-ly/")
EDITOR: Final = DemoAccount("editor", _("Editor"), "bientap@demo.example", "+84901000005", "/cms/")

ACCOUNTS: Final = (BUYER, PRODUCER, SECOND_PRODUCER, ADMIN, VERIFIER, FINANCE, SUPPORT, EDITOR)
