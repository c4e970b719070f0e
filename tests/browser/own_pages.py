"""The pages on the way from basket to delivered order and of a person's account, by the names of their addresses."""

from typing import Final

OWN_PAGES: Final = (
    "customer:home",
    "customer:orders",
    "customer:profile",
    "customer:notices",
    "customer:notice-choices",
    "customer:addresses",
    "customer:address-new",
    "customer:address",
    "customer:address-delete",
    "customer:privacy",
    "customer:delete",
    "account_change_password",
    "account_email",
    "account_change_phone",
    "mfa_index",
    "mfa_activate_totp",
    "account_logout",
    "basket:summary",
    "checkout:checkout",
    "orders:detail",
    "orders:cancel",
    "payment:status",
    "payment:account",
    "aftersale:open",
    "aftersale:case",
    "aftersale:review",
    "reviews:report",
)
