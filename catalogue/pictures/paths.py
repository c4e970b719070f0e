"""Where files of pictures lie: names that nobody can guess and that never say who uploaded what."""

import secrets
from hashlib import blake2b
from typing import Any, Final

#: Uploads as they came, with all that a camera writes into them: not among the folders that the public may read.
UPLOADS: Final = "picture_uploads"


def upload_path(instance: Any, filename: str) -> str:
    """Return a fresh path for what was uploaded; its name is not kept."""
    return f"{UPLOADS}/{secrets.token_hex(12)}"


def original_path(instance: Any, filename: str) -> str:
    """Return a fresh path for an original that was never an upload."""
    return _original(secrets.token_hex(12))


def original_of(upload: str, attempt: int) -> str:
    """Return the path of the original that is made from `upload` at the given attempt; it doesn't give the upload's name away."""
    return _original(blake2b(f"{upload} {attempt}".encode(), digest_size=12).hexdigest())


def _original(token: str) -> str:
    return f"goods/{token[:2]}/{token}.jpg"
