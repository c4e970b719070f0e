"""What the tests of one provider share."""

import os
from typing import Any

import pytest

from tests.contract.stripe_bodies import NEW_SECRET, SECRET


@pytest.fixture
def stripe_is_set_up(settings: Any) -> None:
    """Keys, two webhook secrets while one replaces the other, and stripe-mock as the API."""
    settings.STRIPE_SECRET_KEY = "sk_test_123"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET, NEW_SECRET]
    settings.STRIPE_API_BASE = os.environ.get("STRIPE_MOCK_URL", "http://127.0.0.1:9")
