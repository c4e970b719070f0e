"""Where originals lie: names that nobody can guess and that never say who uploaded what."""

import secrets
from typing import Any


def original_path(instance: Any, filename: str) -> str:
    """Return a fresh path for a picture; the uploaded name is not kept."""
    suffix = filename.rsplit(".", 1)[-1].lower()
    token = secrets.token_hex(12)
    return f"goods/{token[:2]}/{token}.{suffix}"
