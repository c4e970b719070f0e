"""What the search index is known to hold."""

from django.db import models


class IndexedVersion(models.Model):
    """The version of a good's document that the index has taken; behind `ProductChange` means work."""

    product_id = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField()
    indexed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.product_id} v{self.version}"
