"""Whatever the back office changes leaves an event in the audit log: each of its addresses that takes a form is sent one that works."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.core.context import request_context
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone
from django.views.generic import View

from catalogue.certification.imports.models import ImportRow, Outcome
from catalogue.certification.imports.rows import Defaults
from catalogue.certification.imports.services import import_upload
from catalogue.models import Product
from catalogue.pricing.services import normal_price_end
from catalogue.producers.joining.models import Application
from catalogue.producers.models import Partner
from catalogue.services import listing_suspend
from checkout.campaigns.models import Campaign
from checkout.campaigns.services import campaign_schedule
from checkout.order.models import Consignment, Order
from checkout.safety.models import OrderHold
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.actions import ACTIONS
from marketplace.audit.models import AuditEvent
from marketplace.clock import today
from marketplace.dashboard.access import StaffAccess
from tests.factories.catalogue import ProductSetFactory
from tests.factories.joining import all_checked
from tests.factories.lists import HEADER, csv_bytes, csv_file, imported, row
from tests.factories.pictures import picture_upload
from tests.factories.producers import MembershipFactory, ProducerFactory
from tests.integration.audit import forms_of_money
from tests.integration.dashboard.test_access import (
    HARM,
    SECRET_PHONE,
    Scene,
    addresses,
    scene,  # noqa: F401 (the fixture)
)

pytestmark = pytest.mark.django_db


def with_question(shop: Scene) -> dict[str, Any]:
    """Return the answer to a row of a list that holds one back."""
    imported(csv_file([HEADER, row(5, stars="5 sao")]), source="hoi-lai", province="68")
    held = ImportRow.objects.filter(outcome=Outcome.HELD).latest("pk")
    return {"pk": held.decision_import_id, "row": held.pk, "answer": held.choices[0]["value"]}


def with_strange_column(shop: Scene) -> dict[str, Any]:
    record = import_upload(
        file_name="cot-la.csv",
        content=csv_bytes([[*HEADER, "Cột lạ"], [*row(7, product="Trà mới"), "x"]]),
        defaults=Defaults(source="cot-la", province="68"),
        by=None,
    )
    return {"pk": record.pk, "meaning": "extra"}


def without_set(shop: Scene) -> dict[str, Any]:
    Product.objects.filter(pk=shop.pack.parent_id).update(product_set=None, sector=None)
    return {"good": shop.pack.parent_id, "product_set": ProductSetFactory().pk}


def put_aside(order: Order) -> None:
    now = timezone.now()
    Order.objects.filter(pk=order.pk).update(held_at=now, confirmed_at=None)
    OrderHold.objects.create(order=order, signals=[], held_at=now, until=now + timedelta(hours=1))


def without_commune(shop: Scene) -> dict[str, Any]:
    homeless = shop.pks["suggestion-commune"]
    code = shop.producer.commune.code
    Partner.objects.filter(pk=homeless).update(commune_candidates=[code])
    return {"producer": homeless, "candidate": code}


#: What a form needs beside `HARM`; `pk`: another row than the scene's.
ALSO: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "pictures": lambda shop: {"pictures": picture_upload()},
    "producer-edit": lambda shop: {"commune": shop.producer.commune.name},
    **dict.fromkeys(("campaign-new", "campaign-edit"), lambda shop: {"price": ""}),
    "campaign-choice": lambda shop: {"add": "1", "key": shop.pack.parent_id},
    "certificate-new": lambda shop: {
        "valid_from": today() + timedelta(days=1),
        "valid_until": today() + timedelta(days=900),
    },
    "certificate-evidence": lambda shop: {
        "evidence": SimpleUploadedFile("giay.pdf", b"%PDF-1.4 x", "application/pdf")
    },
    "role-new": lambda shop: {"role": "support", "province": ""},
    "role": lambda shop: {"provinces": ["68"]},
    "hold-rule-new": lambda shop: {
        "signal": "large_cash",
        "threshold": 1_000,
        "window_minutes": 0,
        "hours": 24,
        "valid_from": today(),
    },
    "imports": lambda shop: {
        "file": SimpleUploadedFile("moi.csv", csv_bytes([HEADER, row(9, product="Trà")])),
    },
    "import-column": with_strange_column,
    "import-answer": with_question,
    "suggestion-sets": without_set,
    **dict.fromkeys(("suggestion-communes", "suggestion-commune"), without_commune),
    **dict.fromkeys(("lexicon-new", "lexicon-group"), lambda shop: {"confirm": "1"}),
}
ALSO |= forms_of_money.ALSO | {
    **dict.fromkeys(("review-step", "question-step", "own-message-report", "reported-talk-step"), lambda shop: {"ground": "insult"}),
    **dict.fromkeys(
        ("blocked-word-new", "blocked-word"), lambda shop: {"text": "hàng dỏm", "kind": "insult", "language": "vi"}
    ),
    "application-approve": lambda shop: {
        "checked": all_checked(Application.objects.get(pk=shop.pks["application"]))
    },
    "producer-merge": lambda shop: {
        "pk": ProducerFactory(seller_state="unverified").pk,
        "into": shop.producer.pk,
    },
    "team-role": lambda shop: {"role": "packer"},
    "case-reason": lambda shop: {
        "words_vi": "Lý do", "words_en": "Reason", "kind": "return", "when": "delivered", "deadline_days": 7,
        "delivery_borne_by": "buyer", "goods_back": "never", "valid_from": today(), "source": "Luật",
    },
    "case-terms": lambda shop: {
        "valid_from": today(), "answer_working_days": 2, "appeal_days": 9, "send_back_days": 9, "receive_working_days": 9,
        "review_invite_days": 3, "review_days": 60, "talk_days": 20, "source": "Luật",
    },
}  # fmt: skip
#: What has to be so before a form can work.
FIRST: dict[str, Callable[[Scene], Any]] = {
    "pack-on": lambda shop: normal_price_end(pack=shop.pack),
    "order-release": lambda shop: put_aside(shop.consignment.order),
    "order-consignment-return": lambda shop: Consignment.objects.update(state="shipped"),
    "producer-verify": lambda shop: Partner.objects.filter(pk=shop.producer.pk).update(
        seller_state="pending", representative="Trần Văn Xin", street="1 Trần Phú"
    ),
    "producer-refuse": lambda shop: Partner.objects.filter(pk=shop.producer.pk).update(
        seller_state="pending"
    ),
    "campaign-choice": lambda shop: (
        Campaign.objects.get().goods.clear(),
        Product.objects.filter(pk=shop.pack.parent_id).update(lead_pack=shop.pack),
    ),
    "campaign-stop": lambda shop: campaign_schedule(campaign=Campaign.objects.get(), confirm_rule=True),
    "listing-restore": lambda shop: listing_suspend(good=shop.pack.parent, reason="Sai nhãn"),
} | forms_of_money.FIRST


def sendable() -> list[str]:
    from marketplace.dashboard.urls import urlpatterns

    return [str(pattern.name) for pattern in urlpatterns if hasattr(pattern.callback.view_class, "post")]


@pytest.fixture
def client(scene: Scene) -> Client:  # noqa: F811
    user = User.objects.create_user("tat-ca@example.vn", full_name="Người Làm Tất Cả")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    MembershipFactory(user=user, producer=scene.producer)
    client = Client()
    client.force_login(user)
    return client


def test_each_change_of_the_back_office_is_noted(scene: Scene, client: Client) -> None:  # noqa: F811
    parameters, silent, personal = dict(addresses()), [], []
    for name in sendable():
        with transaction.atomic():
            FIRST.get(name, lambda shop: None)(scene)
            body = {**HARM, **ALSO.get(name, lambda shop: {})(scene)}
            elsewhere = {"pk": body.pop("pk")} if "pk" in body else {}
            path = scene.path(name, parameters[name], **elsewhere)
            known = set(AuditEvent.objects.values_list("pk", flat=True))
            response = client.post(path, body)
            if preview := (response.context or {}).get("preview"):
                response = client.post(path, {"preview": preview})
            events = AuditEvent.objects.exclude(pk__in=known)
            if not events or "screen.sent" in {event.action for event in events}:
                form = (response.context or {}).get("form")
                silent.append(f"{name}: {response.status_code} {getattr(form, 'errors', '')}")
            for event in events:
                assert event.action in ACTIONS
                assert event.actor_id is not None
                said = f"{event.changes} {event.object_words}"
                personal += [f"{name}: {said}" for secret in (SECRET_PHONE, "da-xac-nhan@") if secret in said]
            transaction.set_rollback(True)

    assert silent == [], "\n".join(silent)
    assert personal == []


class _Sent(StaffAccess, View):
    """A screen whose author forgot the log."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("/") if "works" in request.POST else HttpResponse("Hãy điền tên.")


@pytest.mark.parametrize(("body", "noted"), [({"works": "1"}, ["screen.sent"]), ({}, [])])
def test_a_form_that_nobody_notes_is_noted_by_the_screen(
    body: dict[str, str], noted: list[str], rf: RequestFactory
) -> None:
    request = rf.post(reverse("dashboard:search-index-retry"), body)
    request.user = User.objects.create_superuser("chu@example.vn")
    request.resolver_match = resolve(request.path)

    with request_context(request):
        _Sent.as_view()(request, pk=7)

    events = list(AuditEvent.objects.all())
    assert [event.action for event in events] == noted
    assert all(event.changes == {"pk": 7} for event in events)
