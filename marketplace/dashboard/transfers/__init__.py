"""Screens for money that arrives by bank transfer: what came in, statements, the shop's receiving accounts."""

from marketplace.accounts.models import StaffRole

#: Who looks after money that comes in, of all provinces alike.
FINANCE = (StaffRole.Role.ADMIN, StaffRole.Role.FINANCE)
