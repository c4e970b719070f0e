"""Who signs in, and how: the one door (allauth)."""

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 9}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "marketplace.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone", "email", "password1*"]
# Either phone or mail is enough to sign up, so neither is marked as required; the form asks for one of the two.
SILENCED_SYSTEM_CHECKS = ["account.W001"]
ACCOUNT_FORMS = {
    "login": "marketplace.accounts.forms.LoginForm",
    "signup": "marketplace.accounts.forms.SignupForm",
    "request_login_code": "marketplace.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "marketplace.accounts.forms.ConfirmLoginCodeForm",
    "verify_phone": "marketplace.accounts.forms.VerifyPhoneForm",
    "change_password": "marketplace.accounts.forms.ChangePasswordForm",
}
# The way back in for who forgot the password and has no mail.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# A text message may be late.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_RATE_LIMITS = {
    # Each text message costs money and rings somebody's phone: by visitor, then by number (or mail address).
    "request_login_code": "5/m/ip,30/h/ip,1/m/key,5/h/key,10/d/key",
    # Three tries for each of five codes.
    "confirm_login_code": "15/h/key",
    "verify_phone": "3/m/ip,30/h/ip,1/30s/key,5/h/key,10/d/key",
    # What isn't an account's, by the same counter. Many buyers share an address (mobile networks), so it may do more than one phone.
    "checkout": "30/m/ip,200/h/ip,10/h/key,30/d/key",
    "order_lookup": "20/h/ip,10/h/key",
    # What people write to each other; of who reports without an account only the address is known.
    "ask_question": "60/h/ip,10/h/key,30/d/key",
    "report_talk": "30/h/ip",
    # By the parcel that is written about.
    "write_message": "200/h/ip,40/h/key",
    # A voucher's code that nobody knows, by the basket.
    "voucher": "30/h/ip,10/h/key",
    # Calls whose signature doesn't hold; those that do are never counted.
    "webhook_refused": "30/m/ip",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_UNIQUE_EMAIL = True
# People are told when a password, a mail address or the second factor of their account changes.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Who writes stands in the sender and in the frame of every mail.
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "customer:home"
LOGOUT_REDIRECT_URL = "/"
