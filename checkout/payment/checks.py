"""What `manage.py check` says about money."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def payment_settings_check(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Refuse keys that move real money outside production."""
    from checkout.payment.gateways.stripe import is_live_key

    if is_live_key(settings.STRIPE_SECRET_KEY) and not settings.STRIPE_LIVE_KEYS_ALLOWED:
        return [
            Error(
                "STRIPE_SECRET_KEY is a live key, and this is not production.",
                hint="Use a test key (sk_test_…) here.",
                id="payment.E001",
            )
        ]
    return []
