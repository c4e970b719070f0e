"""Applications to sell, as far as a test needs them."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.producers.joining.contract import contract
from catalogue.producers.joining.models import Application
from catalogue.producers.joining.papers import checklist_of, paper_add, papers_asked
from catalogue.producers.joining.services import (
    application_start,
    application_submit,
    application_write,
    contract_accept,
)
from marketplace.accounts.models import User
from tests.factories.places import CommuneFactory

IDENTITY = "068099001234"


def scan(name: str = "giay dang ky.pdf", content: bytes = b"%PDF-1.4 giay") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def applicant(number: int = 1) -> User:
    return User.objects.create_user(
        f"chu-ho-{number}@example.vn", phone=f"+8491200000{number}", full_name="Trần Thị Hộ"
    )


def filled_in(user: User, **fields: Any) -> Application:
    """Return a household's draft in which nothing is missing."""
    application = application_start(user=user)
    values: dict[str, Any] = {
        "kind": "household",
        "name": "Hộ kinh doanh Trần Thị Hộ",
        "street": "12 Trần Phú",
        "commune": CommuneFactory(),
        "tax_number": IDENTITY,
        "representative": "Trần Thị Hộ",
        "phone": "+84912000001",
        "bank_bin": "970436",
        "account_number": "0071000123456",
        "account_holder": "TRAN THI HO",
        **fields,
    }
    application = application_write(application=application, **values)
    for row in papers_asked(application):
        paper_add(application=application, kind=row.key, upload=scan())
    return contract_accept(application=application, shown=contract("vi"), network="113.161.1.0/24")


def sent_in(user: User, **fields: Any) -> Application:
    return application_submit(application=filled_in(user, **fields))


def all_checked(application: Application) -> list[str]:
    return [row.key for row in checklist_of(application)]
