"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.catalogue.reviews.apps import CatalogueReviewsConfig as OscarAppConfig


class ReviewsConfig(OscarAppConfig):
    name = "catalogue.reviews"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
