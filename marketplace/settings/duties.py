"""What the worker does of itself, and what waits for it, for `/readyz/`."""

from typing import Any

# Each is a duty row until it is done, and the oldest is reported: model, what is unprocessed, since when (a moment to come: not yet due).
DUTIES: dict[str, tuple[str, dict[str, Any], str]] = {
    "payment deadlines": (
        "order.Order",
        {"payment_state": "awaiting", "cancelled_at": None},
        "payment_deadline",
    ),
    "notices": ("notices.Notice", {"state": "pending"}, "created_at"),
    "webhook events": ("payment.WebhookEvent", {"state": "pending"}, "received_at"),
    "refunds": ("payment.Refund", {"state": "pending"}, "created_at"),
    "deliveries of the sandbox": ("sandbox_provider.SandboxDelivery", {"state": "pending"}, "next_try_at"),
    "decision lists": (
        "certification.DecisionImport",
        {"state__in": ["queued", "running"], "content__isnull": False},
        "alive_at",
    ),
    # Five tries, then a person has to look (`catalogue.pictures.services.MOST_ATTEMPTS`).
    "pictures": (
        "catalogue.ProductImage",
        {"processed_at": None, "sizes_attempts__lt": 5},
        "sizes_next_try_at",
    ),
    "edits of the lexicon": ("search.LexiconEdit", {"state": "pending"}, "made_at"),
    "tasks": ("django_tasks_database.DBTaskResult", {"status": "READY"}, "enqueued_at"),
}

# Called every 30 seconds by `manage.py worker`; each is safe to run twice and on two machines.
PERIODIC_JOBS: list[str] = [
    "checkout.services.orders_expire_due",
    "checkout.payment.services.webhook_events_process_due",
    "checkout.payment.services.refunds_send_due",
    "checkout.payment.sandbox.services.sandbox_deliveries_send_due",
    "catalogue.pictures.services.pictures_process_due",
    "catalogue.certification.imports.services.imports_run_due",
    "checkout.campaigns.services.campaigns_refresh_due",
    "marketplace.notices.services.notices_send_due",
    "checkout.shipping.reach.reach_record",
    "cms.stories.texts.story_texts_record",
    "checkout.order.together.goods_together_refresh_due",
    "checkout.order.popularity.popularity_refresh_due",
    "search.insights.services.records_forget_old",
    "search.insights.selectors.common_searches_refresh",
    "search.lexicon.reindexing.edits_apply_due",
]
