"""Write what is encrypted anew with the first of `FIELD_ENCRYPTION_KEYS`: after it the others can go."""

from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import transaction

from marketplace.encryption import encrypted_fields, rows_rewrite

#: Rows that are written in one transaction.
ROWS_AT_ONCE: Final = 500


class Command(BaseCommand):
    help = "Encrypts tax numbers and bank accounts anew with the first of FIELD_ENCRYPTION_KEYS; safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        for model, fields in encrypted_fields():
            after = 0
            while True:
                with transaction.atomic():
                    last = rows_rewrite(model, fields, after=after, most=ROWS_AT_ONCE)
                if not last:
                    break
                after = last
            self.stdout.write(f"{model._meta.label}: {', '.join(field.name for field in fields)}")
