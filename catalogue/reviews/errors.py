"""What can be wrong with a review, in words for whoever asked."""

from catalogue.errors import CatalogueError


class ReviewRefused(CatalogueError):
    """This purchase was reviewed already, or the review lacks something."""


class ReplyRefused(CatalogueError):
    """A producer answers once, and with words."""
