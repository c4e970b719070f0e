"""How allauth, the only door, finds and keeps phone numbers."""

from allauth.account.adapter import DefaultAccountAdapter
from django.utils import timezone

from marketplace.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by phone or email; the phone lies on the user itself."""

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """Return the phone number (E.164) and whether it is verified."""
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """Keep `phone` (E.164) on `user`."""
        user.phone = phone
        user.phone_verified_at = timezone.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Mark the user's phone as verified."""
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Return whose phone this is."""
        return User.objects.filter(phone=phone).first()
