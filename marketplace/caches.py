"""The two caches of the shop: files that all processes of one machine share, or Redis for several machines.

Neither may take the shop down. What is cached can be made again, so an unreachable Redis costs time, not orders.
"""

import logging
import pickle
import random
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache
from django.core.files import locks

logger = logging.getLogger(__name__)

#: How keys begin under which tries are counted: all of allauth's limits, and its note that a code was used.
COUNTED: Final = ("allauth:rl:", "allauth.mfa.")


class SharedFileCache(FileBasedCache):
    """Django's cache in files; counts them now and then instead of at every write, and keeps time in what it counts.

    Stock Django lists the whole folder for each `set`, which at twenty thousand entries costs more than the page it keeps. Its `incr`
    begins the time anew, with the default, at each call, and loses what two processes count at once: limits would hold for nobody or
    for ever.
    """

    #: One write in so many looks whether the folder is too full.
    CULL_EVERY = 200

    def add(
        self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        with self._alone():
            return super().add(key, value, timeout, version)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count on and return the number; it still ends when it was to end, as with Redis. Raises ValueError where it is gone."""
        with self._alone():
            expiry, value = self._kept(key, version)
            counted = value + delta
            self.set(key, counted, None if expiry is None else expiry - time.time(), version)
            return int(counted)

    def _kept(self, key: str, version: int | None) -> tuple[float | None, Any]:
        try:
            with Path(self._key_to_file(key, version)).open("rb") as file:  # type: ignore[attr-defined]
                if not self._is_expired(file):  # type: ignore[attr-defined]
                    file.seek(0)
                    # What this cache has written, in a folder of its own.
                    return pickle.load(file), pickle.loads(zlib.decompress(file.read()))  # noqa: S301
        except FileNotFoundError:
            pass
        raise ValueError(f"Key '{key}' not found")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold off every other process that reads a number to write the next."""
        self._createdir()  # type: ignore[attr-defined]
        with Path(self._dir, "lock").open("ab") as file:  # type: ignore[attr-defined]
            locks.lock(file, locks.LOCK_EX)
            try:
                yield
            finally:
                locks.unlock(file)

    def _write_content(self, file: IO[bytes], timeout: float | None, value: Any) -> None:
        # As Django does, but at the fastest level: squeezing a page harder takes longer than reading its data.
        expiry = self.get_backend_timeout(timeout)
        file.write(pickle.dumps(expiry, self.pickle_protocol))
        file.write(zlib.compress(pickle.dumps(value, self.pickle_protocol), level=1))

    def _cull(self) -> None:
        if random.randrange(self.CULL_EVERY) == 0:  # noqa: S311  chance, not a secret
            super()._cull()  # type: ignore[misc]


class PatientRedisCache(RedisCache):
    """Django's Redis cache; a Redis that doesn't answer holds nothing, and that is all.

    But for tries that are counted (sign-in, codes, orders, look-ups): no limit at all is what somebody who guesses would wish for. While
    Redis is gone they are counted in files of this machine.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = dict(params.get("OPTIONS", {}))
        spare = options.pop("spare_directory", None)
        super().__init__(server, {**params, "OPTIONS": options})
        self._spare = SharedFileCache(str(spare), {}) if spare else None

    def _or(self, otherwise: Any, operation: str, key: str = "", *args: Any, **kwargs: Any) -> Any:
        keys = (key,) if key else ()
        try:
            return getattr(super(), operation)(*keys, *args, **kwargs)
        except redis.RedisError as error:
            logger.warning("the cache doesn't answer: %s", error)
            if self._spare is not None and key.startswith(COUNTED):
                return getattr(self._spare, operation)(*keys, *args, **kwargs)
            return otherwise

    def add(self, key: str, *args: Any, **kwargs: Any) -> bool:
        # "Added", so that what asks for a lock or a first time goes on instead of waiting for ever.
        return bool(self._or(True, "add", key, *args, **kwargs))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._or(default, "get", key, default, version)

    def set(self, key: str, *args: Any, **kwargs: Any) -> None:
        self._or(None, "set", key, *args, **kwargs)

    def touch(self, key: str, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or(False, "touch", key, *args, **kwargs))

    def delete(self, key: str, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or(False, "delete", key, *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._or({}, "get_many", "", *args, **kwargs)
        return found

    def has_key(self, key: str, *args: Any, **kwargs: Any) -> bool:
        return bool(self._or(False, "has_key", key, *args, **kwargs))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._or(delta, "incr", key, delta, version))

    def set_many(self, *args: Any, **kwargs: Any) -> list[str]:
        return list(self._or([], "set_many", "", *args, **kwargs) or [])

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._or(None, "delete_many", "", *args, **kwargs)
