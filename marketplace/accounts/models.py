"""People who sign in, and the roles of those who run the marketplace."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users who have a phone, an email address, or both."""

    def create_user(
        self,
        email: str | None = None,
        password: str | None = None,
        *,
        phone: str | None = None,
        **fields: Any,
    ) -> "User":
        """Return a new user. Raises ValueError where neither phone (E.164) nor email is given."""
        if not email and not phone:
            raise ValueError("a user needs a phone number or an email address")
        user = self.model(email=self.normalize_email(email).lower() if email else None, phone=phone, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new user who may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by phone or email, at least one of them (decision 15 of the architecture)."""

    email = models.EmailField(_("email address"), unique=True, null=True, blank=True)
    #: E.164, for example `+84912345678`.
    phone = models.CharField(_("phone number"), max_length=16, unique=True, null=True, blank=True)
    phone_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    preferred_language = models.CharField(
        _("language"), max_length=2, choices=[("vi", "Tiếng Việt"), ("en", "English")], default="vi"
    )
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False), name="user_has_phone_or_email"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def clean(self) -> None:
        self.email = self.email.lower() if self.email else None
        self.phone = self.phone or None

    def get_full_name(self) -> str:
        """Return the name, else what the person signs in with."""
        return self.full_name or self.email or self.phone or ""

    def get_short_name(self) -> str:
        """Return the given name: in Vietnamese the last word."""
        return self.full_name.split()[-1] if self.full_name else self.get_full_name()


class StaffRole(models.Model):
    """What a person of the programme may do, and for which provinces (none named: all)."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("Administrator")
        VERIFIER = "verifier", _("Verifier")
        FINANCE = "finance", _("Finance")
        SUPPORT = "support", _("Support")
        CATALOGUE = "catalogue", _("Catalogue")
        CAMPAIGN = "campaign", _("Campaigns")
        EDITOR = "editor", _("Editor")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=12, choices=Role.choices)
    provinces = models.ManyToManyField("places.Province", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="one_staff_role_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
