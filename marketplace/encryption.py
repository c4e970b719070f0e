"""Text that is encrypted in the database: numbers of people and of bank accounts.

`FIELD_ENCRYPTION_KEYS` names the keys (Fernet: 32 random bytes, base64). The first one encrypts, all of them decrypt; after a new one was put
first, `manage.py reencrypt` writes every value anew, and the old one can go. Encrypting the same text twice gives two values, so that nothing
is found by them: where a value has to be found, a `BlindIndexField` beside it holds its keyed digest. An empty text stays empty.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import connection, models

#: What stands before the last digits where a number isn't shown in full.
HIDDEN: Final = "••••"


class NotDecrypted(Exception):
    """A value was encrypted with a key that this installation doesn't have."""


def encrypted(text: str) -> str:
    """Return `text` as it is kept; empty stays empty."""
    return _fernet(tuple(settings.FIELD_ENCRYPTION_KEYS)).encrypt(text.encode()).decode() if text else ""


def decrypted(kept: str) -> str:
    """Return what `encrypted` was given. Raises NotDecrypted."""
    if not kept:
        return ""
    try:
        return _fernet(tuple(settings.FIELD_ENCRYPTION_KEYS)).decrypt(kept.encode()).decode()
    except InvalidToken:
        raise NotDecrypted(
            "none of FIELD_ENCRYPTION_KEYS decrypts a value: the key it was written with is missing"
        ) from None


def blind_index(text: str, key: str = "") -> str:
    """Return the keyed digest by which a number is found, however it is spaced; by the first key unless another one is named."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    if not letters:
        return ""
    own = hmac.new((key or settings.FIELD_ENCRYPTION_KEYS[0]).encode(), b"blind index", hashlib.sha256)
    return hmac.new(own.digest(), letters.encode(), hashlib.sha256).hexdigest()


def blind_indexes(text: str) -> list[str]:
    """Return the digests that `text` may have, one a key: it is found while keys change, too. Nothing for an empty text."""
    return [blind_index(text, key) for key in settings.FIELD_ENCRYPTION_KEYS] if blind_index(text) else []


def last_digits(number: str, count: int = 4) -> str:
    """Return a number as it is shown to who needn't know it: its last digits, by which its owner knows it again."""
    return f"{HIDDEN} {number[-count:]}" if number else ""


class EncryptedTextField(models.TextField):
    """A text that is encrypted in the database and plain in Python. Asked for equality it refuses, but with an empty text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def get_prep_value(self, value: Any) -> Any:
        return encrypted(str(value)) if value is not None else None

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypted(value) if value is not None else None

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "exact":
            return _EmptyOnly
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted: it can't be searched by “{lookup_name}”")

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(
            self, **{"form_class": forms.CharField, "max_length": self.max_length, **kwargs}
        )


class _EmptyOnly(models.lookups.Exact):
    """Finds what is empty; anything else would silently find nothing, since no value is encrypted alike twice."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise FieldError("an encrypted field is only compared with an empty text: use its blind index")
        return super().get_prep_lookup()


class BlindIndexField(models.CharField):
    """The keyed digest of another field of the row, kept when the row is saved: `filter(tax_number_index__in=blind_indexes(typed))`."""

    def __init__(self, of: str, **kwargs: Any) -> None:
        self.of = of
        own: dict[str, Any] = {"max_length": 64, "blank": True, "default": "", "db_index": True}
        super().__init__(**{**own, "editable": False, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        digest = blind_index(getattr(model_instance, self.of) or "")
        setattr(model_instance, self.attname, digest)
        return digest


def encrypted_fields() -> Iterator[tuple[type[models.Model], list[EncryptedTextField]]]:
    """Yield every model that keeps something encrypted, with the fields that are its table's own."""
    for model in apps.get_models():
        own = [field for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
        if own and not model._meta.proxy:
            yield model, own


def rows_rewrite(
    model: type[models.Model], fields: list[EncryptedTextField], *, after: int, most: int
) -> int:
    """Write the next `most` rows after the key `after` anew with the first key, and their digests; return the last key, 0 at the end.

    Within the caller's transaction. What never changes (triggers) stays what it is: only how it is written down is new.
    """
    indexes = [one for one in model._meta.local_fields if isinstance(one, BlindIndexField)]
    found = model._default_manager.order_by("pk").filter(pk__gt=after)
    with triggers_off(model._meta.db_table):
        rows = list(found.only("pk", *(field.name for field in fields)).select_for_update()[:most])
        for row in rows:
            texts = {field.name: getattr(row, field.name) for field in fields}
            digests = {one.name: blind_index(getattr(row, one.of)) for one in indexes}
            model._default_manager.filter(pk=row.pk).update(**texts, **digests)
    return rows[-1].pk if rows else 0


@contextmanager
def triggers_off(table: str) -> Iterator[None]:
    """Let rows of `table` be written in another form, for the length of the caller's transaction at most: nobody else sees it without them."""
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name(table)
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {quoted} DISABLE TRIGGER USER")
            yield
            cursor.execute(f"ALTER TABLE {quoted} ENABLE TRIGGER USER")
            return
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]
        )
        triggers = cursor.fetchall()
        for name, _words in triggers:
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        yield
        for _name, words in triggers:
            cursor.execute(words)


def column_encrypt(schema_editor: Any, table: str, column: str) -> None:
    """Encrypt a column of plain texts, in a migration."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE text")
    _column_rewrite(table, column, encrypted)


def column_decrypt(schema_editor: Any, table: str, column: str, *, max_length: int) -> None:
    """Make an encrypted column one of plain texts again, on a migration's way back."""
    _column_rewrite(table, column, decrypted)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar({max_length})")


def _column_rewrite(table: str, column: str, rewritten: Callable[[str], str]) -> None:
    with triggers_off(table), connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {column} FROM {table} WHERE {column} <> ''")  # noqa: S608 (names of a migration)
        for pk, text in cursor.fetchall():
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [rewritten(text), pk])  # noqa: S608


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
