"""What the worker does every 30 seconds, and what waits for it, for `/readyz/`."""

from typing import Any

# Called every 30 seconds by `manage.py worker`; each is safe to run twice and on two machines.
PERIODIC_JOBS: list[str] = [
    "checkout.services.orders_expire_due",
    "checkout.safety.services.holds_end_due",
    "checkout.safety.traces.traces_forget_old",
    "checkout.payment.services.webhook_events_process_due",
    "checkout.payment.refunds.refunds_send_due",
    "checkout.payment.bank_accounts.bank_accounts_forget_due",
    "checkout.settlement.payouts.forgetting.buyers_accounts_forget_due",
    "checkout.payment.closing.payments_close_due",
    "checkout.payment.transfers.services.transfers_match_due",
    "checkout.payment.transfers.crediting.kept_transfers_return_due",
    "checkout.payment.sandbox.services.sandbox_deliveries_send_due",
    "catalogue.pictures.services.pictures_process_due",
    "catalogue.pictures.services.uploads_tidy_due",
    "catalogue.certification.imports.services.imports_run_due",
    "catalogue.certification.reminders.certificates_remind_due",
    "checkout.campaigns.services.campaigns_refresh_due",
    "checkout.settlement.reconciliation.services.reconciliations_run_due",
    "checkout.aftersale.overdue.cases_follow_up_due",
    "checkout.aftersale.pictures.case_pictures_clean_due",
    "checkout.aftersale.reviews.reviews_invite_due",
    "catalogue.reviews.services.review_pictures_clean_due",
    "checkout.messages.services.message_pictures_clean_due",
    "checkout.aftersale.pictures.attached_tidy_due",
    "marketplace.notices.digest.digests_make_due",
    "marketplace.notices.services.notices_send_due",
    "marketplace.notices.services.pushes_send_due",
    "marketplace.notices.personal.personal_notices_forget_old",
    "checkout.shipping.reach.reach_record",
    "checkout.shipping.carriers.services.shipments_register_due",
    "checkout.shipping.carriers.services.shipments_withdraw_due",
    "checkout.shipping.carriers.tracking.tracking_apply_due",
    "cms.stories.texts.story_texts_record",
    "checkout.order.together.goods_together_refresh_due",
    "checkout.order.popularity.popularity_refresh_due",
    "search.insights.services.records_forget_old",
    "search.insights.selectors.common_searches_refresh",
    "search.lexicon.reindexing.edits_apply_due",
]

# Each is a duty row until it is done, and the oldest is reported: model, what is unprocessed, since when (a moment to come: not yet due).
DUTIES: dict[str, tuple[str, dict[str, Any], str]] = {
    "payment deadlines": (
        "order.Order",
        {"payment_state": "awaiting", "cancelled_at": None},
        "payment_deadline",
    ),
    "orders put aside": (
        "safety.OrderHold",
        {"ended_at": None, "order__cancelled_at": None, "order__held_at__isnull": False},
        "until",
    ),
    "notices": ("notices.Notice", {"state": "pending"}, "created_at"),
    "digests": ("notices.PersonalNotice", {"digest_at__isnull": False}, "digest_at"),
    "webhook events": ("payment.WebhookEvent", {"state": "pending"}, "received_at"),
    "refunds": ("payment.Refund", {"state": "pending"}, "created_at"),
    "reconciliations": ("settlement.Reconciliation", {"state": "pending"}, "created_at"),
    "closings of payments": ("payment.PaymentClosing", {"state": "pending"}, "created_at"),
    "bank transfers": ("transfers.BankTransfer", {"state": "pending"}, "received_at"),
    "deliveries of the sandbox": ("sandbox_provider.SandboxDelivery", {"state": "pending"}, "next_try_at"),
    "shipments": ("carriers.Shipment", {"state": "pending"}, "created_at"),
    "tracking events": ("carriers.TrackingEvent", {"state": "pending"}, "received_at"),
    "decision lists": (
        "certification.DecisionImport",
        {"state__in": ["queued", "running"], "content__isnull": False},
        "alive_at",
    ),
    # Five tries, then a person has to look (`catalogue.pictures.making.MOST_ATTEMPTS`).
    "pictures": (
        "catalogue.ProductImage",
        {"processed_at": None, "sizes_attempts__lt": 5},
        "sizes_next_try_at",
    ),
    "pictures of cases": ("aftersale.CasePicture", {"state": "pending"}, "next_try_at"),
    "pictures of messages": ("order_messages.MessagePicture", {"state": "pending"}, "next_try_at"),
    "pictures of reviews": ("reviews.ReviewPicture", {"state": "pending"}, "next_try_at"),
    "edits of the lexicon": ("search.LexiconEdit", {"state": "pending"}, "made_at"),
    "tasks": ("django_tasks_database.DBTaskResult", {"status": "READY"}, "enqueued_at"),
}
