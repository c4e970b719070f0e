"""The keys that encrypt fields: what one looks like, and the one that a development machine makes for itself."""

import contextlib
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Final

#: How long a key is.
_BYTES: Final = 32


def is_key(text: str) -> bool:
    """Return whether `text` is a key that can't be guessed by looking at it."""
    try:
        return len(urlsafe_b64decode(text)) == _BYTES and len(set(text)) > 10
    except ValueError:
        return False


def development_key(folder: Path) -> str:
    """Return the key that encrypts the data in `folder`, made the first time it is asked for; two processes that start at once get the same."""
    path = folder / "field-encryption.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f".field-encryption-{os.getpid()}.key"
        with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(urlsafe_b64encode(secrets.token_bytes(_BYTES)))
        with contextlib.suppress(FileExistsError):  # the other one was quicker: its key holds
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text()
