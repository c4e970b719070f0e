"""What waits for the worker, for `/readyz/`."""

from typing import Any

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
    "webhook events": ("payment.WebhookEvent", {"state": "pending"}, "received_at"),
    "refunds": ("payment.Refund", {"state": "pending"}, "created_at"),
    "reconciliations": ("settlement.Reconciliation", {"state": "pending"}, "created_at"),
    "closings of payments": ("payment.PaymentClosing", {"state": "pending"}, "created_at"),
    "bank transfers": ("transfers.BankTransfer", {"state": "pending"}, "received_at"),
    "deliveries of the sandbox": ("sandbox_provider.SandboxDelivery", {"state": "pending"}, "next_try_at"),
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
    "pictures of reviews": ("reviews.ReviewPicture", {"state": "pending"}, "next_try_at"),
    "edits of the lexicon": ("search.LexiconEdit", {"state": "pending"}, "made_at"),
    "tasks": ("django_tasks_database.DBTaskResult", {"status": "READY"}, "enqueued_at"),
}
