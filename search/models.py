"""What the search index is known to hold."""

from django.db import models


class IndexedVersion(models.Model):
    """The version of a good that an index has taken; behind `ProductChange` means work.

    One row a good and index: a rebuilt index starts without rows, so whatever changed while it was being filled is
    picked up afterwards.
    """

    index_name = models.CharField(max_length=120)
    product_id = models.BigIntegerField()
    version = models.BigIntegerField()
    #: The most documents that the good ever had in the index: those it has no more get a tombstone.
    documents = models.PositiveSmallIntegerField(default=0)
    indexed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["index_name", "product_id"], name="one_version_a_good_and_index")
        ]

    def __str__(self) -> str:
        return f"{self.index_name}: {self.product_id} v{self.version}"
