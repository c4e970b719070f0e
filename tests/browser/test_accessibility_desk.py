"""Every kind of page of the back office, as a producer and as an admin, on a phone and on a desktop.

One visit a page: axe without serious findings, no sideways scrolling, targets for a thumb (`page_checks`). One producer and one admin see
a shop in which something stands on every screen.
"""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext
from pytest_django.live_server_helper import LiveServer

from catalogue.producers.models import Partner
from marketplace.accounts.models import StaffRole, User
from marketplace.dashboard.urls import urlpatterns
from search.rebuilding import rebuild_index
from tests.browser.conftest import new_context
from tests.browser.page_checks import check_open_page, check_page
from tests.factories.desk import Scene, fill_desk
from tests.factories.producers import MembershipFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("search_index"),
]


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A producer with orders in several states; papers, lists, campaigns and tables for the programme."""
    cache.clear()
    translation.activate("vi")
    made = fill_desk()
    rebuild_index()
    yield made
    cache.clear()


#: Name of the address, what it takes of the scene (parameter: key), query.
PRODUCER_PAGES: list[tuple[str, dict[str, str], str]] = [
    ("today", {}, ""),
    ("consignments", {}, ""),
    ("consignments", {}, "?state=returned"),
    ("consignment", {"pk": "placed"}, ""),
    ("consignment", {"pk": "packed"}, ""),
    ("consignment", {"pk": "delivered"}, ""),
    ("goods", {}, ""),
    ("own-good", {"pk": "good"}, ""),
    ("own-good", {"pk": "hidden"}, ""),
    ("texts", {"pk": "good"}, ""),
    ("pack-new", {"pk": "good"}, ""),
    ("pack-edit", {"pk": "pack"}, ""),
    ("pictures", {"pk": "good"}, ""),
    ("pictures", {"pk": "hidden"}, ""),
    ("picture", {"pk": "picture"}, ""),
    ("team", {}, ""),
    ("own-cases", {}, ""),
    ("own-cases", {}, "?show=goods"),
    ("own-case", {"pk": "case"}, ""),
    ("own-case", {"pk": "goods_back"}, ""),
    ("own-case", {"pk": "refused"}, ""),
    ("own-reviews", {}, ""),
    ("own-review-reply", {"pk": "review"}, ""),
    ("own-talks", {}, ""),
    ("own-talk", {"pk": "placed"}, ""),
    ("own-talk", {"pk": "complained"}, ""),
    ("own-message-report", {"pk": "message"}, ""),
    ("own-questions", {}, ""),
    ("own-questions", {}, "?show=answered"),
    ("own-question-answer", {"pk": "question"}, ""),
    ("own-saved-answers", {}, ""),
    ("own-saved-answer-new", {}, ""),
    ("own-saved-answer", {"pk": "saved_answer"}, ""),
    ("money", {}, ""),
    ("money-payout", {"pk": "payout"}, ""),
    ("money-statement", {}, ""),
    ("money-statement", {}, "?first=2020-01-01&last=2020-02-01"),
    ("money-statement", {}, "?first=2026-02-01&last=2026-01-01"),
    ("money-account", {}, ""),
    ("invoices", {}, ""),
    ("invoices", {}, "?month=2020-01"),
    ("invoice-terms", {}, ""),
    ("own-tariffs", {}, ""),
    ("own-tariff-new", {}, ""),
    ("own-tariff", {"pk": "own_table"}, ""),
    ("own-tariff-upload", {"pk": "own_table"}, ""),
    ("own-delivery-trial", {}, ""),
    ("own-parcels", {}, ""),
    ("producer-offers", {}, ""),
    ("producer-offer-kinds", {}, ""),
    ("producer-offer", {"pk": "offer"}, ""),
    ("producer-offer-new", {"gives": "bundle"}, ""),
    ("producer-offer-edit", {"pk": "offer"}, ""),
    ("producer-offer-stop", {"pk": "offer"}, ""),
]
STAFF_PAGES: list[tuple[str, dict[str, str], str]] = [
    ("programme", {}, ""),
    ("lexicon", {}, ""),
    ("lexicon", {}, "?q=khong-co"),
    ("lexicon-new", {}, "?phrase=qu%C3%A9o"),
    ("lexicon-group", {"pk": "synonyms"}, ""),
    ("lexicon-history", {}, ""),
    ("orders", {}, ""),
    ("orders", {}, "?q=khong-co"),
    ("order", {"number": "number"}, ""),
    ("order-cancel", {"number": "number"}, ""),
    ("order", {"number": "held_number"}, ""),
    ("order-release", {"number": "held_number"}, ""),
    ("order-goodwill", {"number": "delivered_number", "pk": "delivered"}, ""),
    ("order-payment-refund", {"number": "number", "pk": "payment"}, ""),
    ("certificates", {}, ""),
    ("certificates", {}, "?show=in_force"),
    ("certificates", {}, "?show=proposed&q=khong-co"),
    ("certificate", {"pk": "paper"}, ""),
    ("certificate", {"pk": "proposal"}, ""),
    ("certificate-verify", {"pk": "waiting"}, ""),
    ("certificate-extend", {"pk": "paper"}, ""),
    ("certificate-withdraw", {"pk": "paper"}, ""),
    ("certificate-evidence", {"pk": "paper"}, ""),
    ("proposal-close", {"pk": "proposal"}, ""),
    ("programme-goods", {}, ""),
    ("good", {"pk": "good"}, ""),
    ("certificate-new", {"pk": "good"}, ""),
    ("certificate-propose", {"pk": "good"}, ""),
    ("listing-suspend", {"pk": "good"}, ""),
    ("good-standard", {"pk": "good"}, ""),
    ("good-season", {"pk": "good"}, ""),
    ("standard", {"pk": "standard"}, ""),
    ("standard-end", {"pk": "standard"}, ""),
    ("producers", {}, ""),
    ("producer", {"pk": "producer_pk"}, ""),
    ("producer-edit", {"pk": "producer_pk"}, ""),
    ("producer-suspend", {"pk": "producer_pk"}, ""),
    ("producer", {"pk": "pending"}, ""),
    ("producer-number", {"pk": "pending"}, ""),
    ("producer-verify", {"pk": "pending"}, ""),
    ("producer-refuse", {"pk": "pending"}, ""),
    ("producer-merge", {"pk": "pending"}, ""),
    ("merge-undo", {"pk": "merged"}, ""),
    ("applications", {}, ""),
    ("applications", {}, "?q=khong-co"),
    ("application", {"pk": "application"}, ""),
    ("application", {"pk": "refused_application"}, ""),
    ("members", {"pk": "producer_pk"}, ""),
    ("members", {"pk": "pending"}, ""),
    ("imports", {}, ""),
    ("import", {"pk": "import"}, ""),
    ("suggestions", {}, ""),
    ("cases", {}, ""),
    ("cases", {}, "?show=programme"),
    ("case", {"pk": "escalated"}, ""),
    ("case", {"pk": "case"}, ""),
    ("case-rules", {}, ""),
    ("case-reason", {"pk": "reason"}, ""),
    ("case-terms", {}, ""),
    ("reviews", {}, ""),
    ("review", {"pk": "reported"}, ""),
    ("questions", {}, ""),
    ("question", {"pk": "question_reported"}, ""),
    ("reported-talks", {}, ""),
    ("reported-talk", {"pk": "message_report"}, ""),
    ("blocked-words", {}, ""),
    ("blocked-words", {}, "?q=khong-co"),
    ("blocked-word-new", {}, ""),
    ("blocked-word", {"pk": "blocked_word"}, ""),
    ("transfers", {}, ""),
    ("transfers", {}, "?show=decide"),
    ("transfers", {}, "?q=khong-co"),
    *(
        ("transfer", {"pk": f"transfer_{state}"}, "")
        for state in ("unknown", "kept", "settled", "doubtful", "to_return")
    ),
    ("statements", {}, ""),
    *(("statement", {"pk": f"statement_{state}"}, "") for state in ("statement", "columns", "taken")),
    ("receiving-accounts", {}, ""),
    ("receiving-account-new", {}, ""),
    ("campaigns", {}, ""),
    ("campaign-new", {}, ""),
    ("campaign", {"pk": "draft"}, ""),
    ("campaign", {"pk": "scheduled"}, ""),
    ("campaign-stop", {"pk": "scheduled"}, ""),
    ("campaign-edit", {"pk": "draft"}, ""),
    ("campaign-choice", {"pk": "draft", "kind": "goods"}, ""),
    ("campaign-choice", {"pk": "draft", "kind": "goods"}, "?q=khong-co"),
    ("campaign-choice", {"pk": "draft", "kind": "provinces"}, ""),
    ("campaign-choice", {"pk": "scheduled", "kind": "goods"}, ""),
    ("campaign-choice-clear", {"pk": "draft", "kind": "goods"}, ""),
    ("searches", {}, ""),
    ("search-explain", {}, ""),
    ("search-explain", {}, "?q=c%C3%A0+ph%C3%AA"),
    ("search-explain", {}, "?q=c%C3%A0+ph%C3%AA+4+sao&good=C%C3%A0+ph%C3%AA+Arabica"),
    ("search-explain", {}, "?q=tr%C3%A0&good=khong-co"),
    ("search-index", {}, ""),
    ("search-redirects", {}, ""),
    ("search-redirect-new", {}, ""),
    ("search-redirect", {"pk": "redirect"}, ""),
    ("tariffs", {}, ""),
    ("tariff", {"pk": "tariff"}, ""),
    ("tariff-upload", {"pk": "tariff"}, ""),
    ("payouts", {}, ""),
    ("payouts", {}, "?state=cancelled"),
    ("payout-batch-new", {}, ""),
    ("payout-batch", {"pk": "paid_batch"}, ""),
    ("payout-batch", {"pk": "drafted_batch"}, ""),
    ("payout-batch", {"pk": "approved_batch"}, ""),
    ("payout-batch", {"pk": "batch_with_bank"}, ""),
    ("payout-batch-cancel", {"pk": "drafted_batch"}, ""),
    ("payout-take-out", {"pk": "drafted_payout"}, ""),
    ("payout-settle", {"pk": "payout_with_bank"}, ""),
    ("payout-result", {"pk": "result"}, ""),
    ("payout-result", {"pk": "applied_result"}, ""),
    ("sellers-money", {}, ""),
    ("sellers-money", {}, "?q=khong-co"),
    ("seller-money", {"pk": "producer_pk"}, ""),
    ("seller-money", {"pk": "held"}, ""),
    ("seller-money", {"pk": "unfit"}, ""),
    ("seller-statement", {"pk": "producer_pk"}, ""),
    ("payouts-hold", {"pk": "unfit"}, ""),
    ("payouts-release", {"pk": "held"}, ""),
    ("account-confirm", {"pk": "unfit"}, ""),
    ("account-refuse", {"pk": "unfit"}, ""),
    ("payout-terms", {}, ""),
    ("payout-terms-new", {}, ""),
    ("audit", {}, ""),
    ("people", {}, ""),
    ("role-new", {}, ""),
    ("role", {"pk": "role"}, ""),
    ("held", {}, ""),
    ("hold-rules", {}, ""),
    ("hold-rule-new", {}, ""),
    ("carriers", {}, ""),
    ("carrier-new", {}, ""),
    ("carrier", {"pk": "carrier"}, ""),
    ("delivery-trial", {}, ""),
    ("holidays", {}, ""),
    ("cooling", {}, ""),
    ("pickup-points", {}, ""),
    ("pickup-point-new", {}, ""),
    ("pickup-point", {"pk": "point"}, ""),
    ("withdrawn-by-phone", {"pk": "not_withdrawn"}, ""),
    ("tracking-file", {}, ""),
    ("cash-file", {}, ""),
    ("cash-limits", {}, ""),
    ("cash-limit-new", {}, ""),
    ("dollar-rates", {}, ""),
    ("dollar-rate-new", {}, ""),
    ("payment-events", {}, ""),
    ("payment-event", {"pk": "event"}, ""),
    ("disputes", {}, ""),
    ("dispute", {"pk": "dispute"}, ""),
    ("commissions", {}, ""),
    ("commission-new", {}, ""),
    ("commission", {"pk": "commission"}, ""),
    ("withholding", {}, ""),
    ("withholding-new", {}, ""),
    ("ledger", {}, ""),
    ("ledger-producers", {}, ""),
    ("ledger-differences", {}, ""),
    ("ledger-difference", {"pk": "difference"}, ""),
    ("ledger-account", {"pk": "account"}, ""),
    ("ledger-order", {"number": "number"}, ""),
    ("provider-reports", {}, ""),
    ("offers", {}, ""),
    ("offer-kinds", {}, ""),
    ("offer-new", {"gives": "percent"}, ""),
    ("offer", {"pk": "code"}, ""),
    ("offer-edit", {"pk": "code"}, ""),
    ("offer-stop", {"pk": "code"}, ""),
]
#: Forms whose answer to nothing typed is looked at too: errors have to be found and read.
SENT_EMPTY = ["certificate-new", "standard-end", "producer-edit", "imports", "tariff-new"]


def member(scene: Scene) -> User:
    user = User.objects.create_user("chu@example.vn")
    MembershipFactory(user=user, producer=Partner.objects.get(pk=scene["producer_pk"]))
    return user


def admin(scene: Scene) -> User:
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    return user


def signed_in(chromium: Browser, shop: LiveServer, user: User, screen: str) -> BrowserContext:
    """Return a context that carries the session of `user`."""
    client = Client()
    client.force_login(user)
    context = new_context(chromium, screen)
    session = client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": session.value, "url": shop.url}])
    return context


def addresses(
    pages: list[tuple[str, dict[str, str], str]], scene: Scene, language: str, **fixed: object
) -> list[str]:
    with translation.override(language):
        return [
            reverse(
                f"dashboard:{name}",
                kwargs={**fixed, **{parameter: scene[key] for parameter, key in taken.items()}} or None,
            )
            + query
            for name, taken, query in pages
        ]


@pytest.mark.parametrize(("screen", "language"), [("phone", "vi"), ("desktop", "en")])
def test_a_producer_can_use_every_page(
    chromium: Browser, live_server: LiveServer, scene: Scene, screen: str, language: str
) -> None:
    context = signed_in(chromium, live_server, member(scene), screen)
    page, found = context.new_page(), []
    for path in addresses(PRODUCER_PAGES, scene, language, producer_pk=scene["producer_pk"]):
        found += check_page(page, live_server.url + path)
    [goods, new_pack, pictures] = addresses(
        [("goods", {}, ""), ("pack-new", {"pk": "good"}, ""), ("pictures", {"pk": "good"}, "")],
        scene,
        language,
        producer_pk=scene["producer_pk"],
    )
    page.goto(live_server.url + new_pack)
    page.locator("main form .button").first.click()
    page.wait_for_selector(".error-summary")
    found += [f"a pack, sent empty: {finding}" for finding in check_open_page(page)]
    page.goto(live_server.url + pictures)
    bad = {"name": "bảng giá.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.locator("input[type=file]").set_input_files([bad])  # type: ignore[list-item]
    page.locator("main form .button").first.click()
    page.wait_for_selector(".error-summary")
    found += [f"a file that is no picture: {finding}" for finding in check_open_page(page)]
    page.goto(live_server.url + goods)
    page.locator("form.pack-form input[name=price]").first.fill("12345")
    page.locator("form.pack-form button").first.click()
    page.wait_for_selector(".field__error")
    found += check_open_page(page)
    context.close()

    assert found == []


@pytest.mark.parametrize(("screen", "language"), [("phone", "vi"), ("desktop", "en")])
def test_an_admin_can_use_every_page(
    chromium: Browser, live_server: LiveServer, scene: Scene, screen: str, language: str
) -> None:
    context = signed_in(chromium, live_server, admin(scene), screen)
    page, found = context.new_page(), []
    for path in addresses(STAFF_PAGES, scene, language):
        found += check_page(page, live_server.url + path)
    taken = {"certificate-new": "good", "standard-end": "standard", "producer-edit": "producer_pk"}
    empty = [(name, {"pk": taken[name]} if name in taken else {}, "") for name in SENT_EMPTY]
    for path in addresses(empty, scene, language):
        page.goto(live_server.url + path)
        page.eval_on_selector_all(
            "main form:not([role=search]) :is(input[type=text], input[type=date])",
            "fields => fields.forEach(field => { field.value = '' })",
        )
        page.locator("main form:not([role=search]) button.button:not(.button--secondary)").first.click()
        page.wait_for_selector(".error-summary, .field__error")
        found += [f"{path}, sent empty: {finding}" for finding in check_open_page(page)]
    [choice] = addresses([("campaign-choice", {"pk": "draft", "kind": "goods"}, "")], scene, language)
    page.goto(live_server.url + choice)
    page.locator("#codes").fill("KHÔNG-CÓ-1\nKHÔNG-CÓ-2")
    page.locator("form:has(#codes) button").click()
    page.wait_for_selector(".error-summary")
    found += [f"{choice}, unknown codes: {finding}" for finding in check_open_page(page)]
    context.close()

    assert found == []


def test_every_page_of_the_back_office_is_looked_at() -> None:
    """A new screen belongs to the lists above; what only takes a form or gives a file has no page."""
    listed = {name for name, _taken, _query in PRODUCER_PAGES + STAFF_PAGES} | set(SENT_EMPTY)
    alike = {
        "pack",  # comes back with errors above
        "listing-restore", "producer-standard", "order-consignment-cancel", "order-consignment-return",
    }  # fmt: skip
    no_page = {
        "own-returned-goods", "own-case-step", "own-case-picture", "case-step", "case-picture", "review-step",
        "application-approve", "application-paper", "application-step", "team-invitation-withdraw", "team-invite", "team-leave", "team-out", "team-role",
        "question-step", "own-talk-picture", "reported-talk-picture", "reported-talk-step", "own-saved-answer-delete", "blocked-word-delete",
        "index", "delivery-note", "consignment-step", "order-refund-retry", "standard-verify", "campaign-schedule",
        "pack-lead", "pack-off", "pack-on", "picture-move", "picture-remove", "pictures-waiting", "member-remove",
        "import-progress", "import-confirm", "import-column", "import-column-forget", "import-answer", "import-mend", "import-verify", "suggestion-sets", "suggestion-commune", "suggestion-communes",
        "money-ask", "money-code", "money-statement-file", "seller-statement-file", "payout-batch-approve", "payout-batch-file",
        "payout-result-read", "payout-result-apply",
        "search-redirect-delete", "lexicon-switch", "search-index-check", "search-index-retry", "season",
        "audit-export", "offer-codes", "holiday-confirm", "holiday-remove", "invoices-file", "ledger-check", "ledger-difference-take", "ledger-difference-refund", "offer-codes-file",
        "order-refund-transfer", "own-closed-days", "own-closed-days-remove", "own-parcel-label", "own-parcels-action", "own-tariff-file",
        "own-week", "payment-event-replay", "producer-offer-codes", "producer-offer-codes-file", "receiving-account-rest", "receiving-account-use", "report-retry",
        "role-take", "statement-columns", "statement-discard", "statement-sample", "statement-take", "tariff-file", "transfer-match", "transfer-debt", "withdraw-again", "transfer-no-order", "transfer-split",
        "transfer-return", "transfer-returned", "transfer-same", "travel", "withholding-confirm", "withholding-set",
    }  # fmt: skip

    assert {pattern.name for pattern in urlpatterns} == listed | alike | no_page
