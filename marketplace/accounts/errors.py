"""What can be refused about accounts; `message` says why in the reader's language."""

from django.utils.functional import Promise


class AccountsError(Exception):
    """Root of this room's errors."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


class LastAdministrator(AccountsError):
    """Nobody would be left who gives roles."""


class RoleIsNational(AccountsError):
    """A role whose work concerns all provinces alike takes none."""
