"""Who moves money that leaves: finance, and admins, of all provinces, for it leaves one bank account."""

from marketplace.accounts.models import StaffRole
from marketplace.dashboard.access import NationalAccess, RecentSecondFactor


class FinanceAccess(NationalAccess):
    """A screen that shows money."""

    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.FINANCE)


class FinanceChange(RecentSecondFactor, FinanceAccess):
    """A screen that moves it, or says whether and where it may go."""
