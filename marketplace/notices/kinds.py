"""Which notices there are, and what each needs to know.

A notice is named by its template in `templates/notices/`. `notice_queue` refuses a notice that lacks a name of this
table, so that a mistake shows in the caller's test and not in a worker at night.

Amounts are đồng (int), moments and days are `datetime` and `date`, addresses are absolute. `consignments` is a list of
`{"producer", "lines": [{"quantity", "name", "amount"}], "delivery_charge", "amount"}`; `lines` is one such list.
"""

from typing import Final

_ORDER: Final = frozenset({"order_number", "order_url"})
_CONSIGNMENT: Final = frozenset({"consignment_number", "producer"})
#: `amount` (đồng) is what goes back to the buyer by itself, else 0; `is_unpaid`: nothing was ever paid for it.
_MONEY_BACK: Final = frozenset({"amount", "is_unpaid"})
_PRODUCERS_MONEY: Final = frozenset({"producer", "work_url"})
_CASE: Final = frozenset({"case_number", "case_url", "lookup_url", "producer", "reason"})
_TALK: Final = frozenset({"consignment_number", "producer", "talk_url", "lookup_url"})

NOTICES: Final[dict[str, frozenset[str]]] = {
    # To a person, about the account: a code that proves a phone number; a message rendered by allauth;
    # that the password was changed, where there is no mail address for allauth's message about it.
    "phone_code": frozenset({"code"}),
    # To who applies for a producer; `news`: "received", "asked", "approved", "refused" or "reopened"; `text` may be empty.
    "application_news": frozenset({"news", "text", "producer", "work_url"}),
    # To the owners of a producer's entry that somebody else claims.
    "producer_claimed": frozenset({"producer", "work_url"}),
    # To the owners of a producer; `news`: "verified", "refused" or "suspended"; `text` may be empty.
    "seller_decided": frozenset({"news", "text", "producer", "work_url"}),
    # To somebody who is asked into a producer's team.
    "team_invitation": frozenset({"producer", "role", "invited_by", "accept_url", "until"}),
    "account_message": frozenset({"subject", "body", "account_url"}),
    "password_changed": frozenset({"account_url"}),
    # The `count` notices of a day in one mail: `notices` is a list of `{"title", "url"}`, `more` how many are left out of it.
    "digest": frozenset({"notices", "count", "more", "list_url", "choices_url"}),
    # To a person of the programme: `role` in the person's language.
    "staff_role_given": frozenset({"role", "work_url"}),
    "staff_role_taken": frozenset({"role", "work_url"}),
    "staff_order_held": frozenset({"order_number", "work_url", "until"}),
    # To the buyer, about the order.
    "order_awaiting_payment": _ORDER | {"amount", "deadline", "payment_url", "lookup_url"},
    "order_confirmed": _ORDER | {"amount", "is_paid", "consignments", "lookup_url"},
    # Somebody looks at it first, until `until` at the latest.
    "order_held": _ORDER | {"until"},
    "order_expired": _ORDER,
    "order_cancelled": _ORDER | _MONEY_BACK | {"reason"},
    # A transfer brought less than the order costs: `missing` (đồng) may still come until `deadline`.
    "transfer_short": _ORDER | {"amount", "missing", "deadline", "payment_url"},
    # `cause`: why the order has no use for the money: "twice", "cancelled", "late", "over", "short" or "on_delivery".
    "payment_returned": _ORDER | {"amount", "cause"},
    # `account`: the bank account that it was sent to, masked; empty: the way it was paid.
    "refund_sent": _ORDER | {"amount", "account"},
    # Money that no machine can send back: where the buyer names a bank account, and which one was named (masked).
    "refund_account_needed": _ORDER | {"amount", "account_url"},
    "refund_account_named": _ORDER | {"account", "account_url"},
    # To the buyer, about one consignment. `carrier` and `tracking_number` may be empty.
    "consignment_shipped": _ORDER | _CONSIGNMENT | {"carrier", "tracking_number"},
    "consignment_ready_for_pickup": _ORDER | _CONSIGNMENT | {"pickup_address", "pickup_hours"},
    # `producer_phone` may be empty.
    "consignment_delivered": _ORDER | _CONSIGNMENT | {"producer_phone"},
    # `by_producer`: the producer itself cancelled it; `has_rest`: other consignments of the order are still to come.
    "consignment_cancelled": _ORDER | _CONSIGNMENT | _MONEY_BACK | {"reason", "by_producer", "has_rest"},
    "consignment_returned": _ORDER | _CONSIGNMENT | _MONEY_BACK | {"reason"},
    # To those of the programme who keep the money: a buyer's bank takes a payment back. `answer_by` may be empty.
    "staff_dispute": frozenset({"order_number", "state", "reason", "amount", "answer_by", "work_url"}),
    # To the buyer, about a return or complaint. `reason` in words; days may be None, texts empty.
    "case_opened": _CASE | {"answer_until"},
    "case_message": _CASE | {"text", "by_programme"},
    # `state`: what was decided (`Case.State`); `amount` goes back now.
    "case_decided": _CASE
    | {"state", "text", "amount", "by_programme", "goods_until", "return_address", "appeal_until"},
    # `is_late`: the producer didn't answer in time.
    "case_escalated": _CASE | {"answer_until", "is_late"},
    "case_lapsed": _CASE,
    # To the buyer, about reviews; `note` may be empty.
    "review_invitation": frozenset({"producer", "review_url", "lookup_url"}),
    "review_answered": frozenset({"producer", "good", "text", "good_url"}),
    "review_hidden": frozenset({"good", "ground", "note", "rules_url"}),
    # To the buyer, about a talk with a producer: `text` of a message; why one of the buyer's was taken away (`note` may be empty).
    "order_message": _TALK | {"text"},
    "order_message_hidden": _TALK | {"ground", "note"},
    # To whoever asked something of a good; `note` may be empty.
    "question_answered": frozenset({"producer", "good", "text", "good_url"}),
    "question_hidden": frozenset({"good", "ground", "note", "rules_url"}),
    # To the producer.
    "producer_message_new": frozenset({"consignment_number", "text", "work_url"}),
    "producer_message_hidden": frozenset({"consignment_number", "ground", "note", "work_url"}),
    "producer_question_new": frozenset({"good", "text", "work_url"}),
    "producer_answer_hidden": frozenset({"good", "ground", "note", "work_url"}),
    "producer_review_new": frozenset({"good", "stars", "text", "work_url"}),
    "producer_case_new": frozenset({"case_number", "work_url", "reason", "answer_until"}),
    # `news`: "message", "decided", "escalated", "escalated_late", "goods_sent", "withdrawn" or "lapsed".
    "producer_case_news": frozenset(
        {"case_number", "work_url", "reason", "news", "text", "amount", "state", "answer_until"}
    ),
    # To the programme. `news`: "escalated" or "message".
    "staff_case_news": frozenset({"case_number", "work_url", "producer", "news", "text", "answer_until"}),
    "producer_consignment_new": frozenset(
        {"consignment_number", "work_url", "lines", "amount", "is_paid", "dispatch_until"}
    ),
    # `filing`: "before", "open", "shut" or "none"; `days` until the end of the day `until`.
    "producer_certificate_ends": frozenset(
        {"good", "producer", "days", "until", "filing", "opens_on", "closes_on", "work_url"}
    ),
    # A payment that the buyer's bank took back, of which the producer bears `amount` (đồng).
    "producer_dispute_borne": frozenset({"producer", "consignment_number", "amount", "reason", "work_url"}),
    # A sum that the buyer is given back as goodwill, which the producer bears.
    "producer_goodwill_borne": frozenset({"producer", "consignment_number", "amount", "reason", "work_url"}),
    "producer_consignment_cancelled": frozenset({"consignment_number", "work_url", "reason"}),
    "producer_consignment_returned": frozenset({"consignment_number", "work_url", "reason"}),
    # To the producer: `amount` (đồng) is what it owes the marketplace; cash on delivery is not offered for its goods until it is less.
    "producer_owes_too_much": frozenset({"producer", "amount", "work_url"}),
    # To those who keep the money: how many differences a reconciliation found that weren't known.
    "ledger_differences": frozenset({"count", "work_url"}),
    "producer_offer_stopped": frozenset({"offer", "reason", "work_url"}),
    # To a producer's owners, about its money. `account` is the bank and the last digits, `work_url` the screen of the money.
    "payout_account_changed": _PRODUCERS_MONEY | {"account", "holder", "usable_from"},
    "payout_account_decided": _PRODUCERS_MONEY | {"account", "is_confirmed", "reason"},
    "payout_held": _PRODUCERS_MONEY | {"reason"},
    "payout_released": _PRODUCERS_MONEY | {"reason"},
    "payout_done": _PRODUCERS_MONEY | {"amount", "account"},
    "payout_returned": _PRODUCERS_MONEY | {"amount", "account", "reason"},
    "payout_failed": _PRODUCERS_MONEY | {"amount", "account", "reason"},
}
