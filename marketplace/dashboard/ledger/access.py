"""Who may look at the ledger: those who keep the money of all provinces."""

from marketplace.accounts.models import StaffRole
from marketplace.dashboard.access import NationalAccess


class LedgerAccess(NationalAccess):
    """A screen of the ledger, its rates and its differences."""

    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.FINANCE)
