"""What can be wrong with a question or its answer, in words for whoever asked."""

from catalogue.errors import CatalogueError


class QuestionRefused(CatalogueError):
    """The question is empty, or something in it may not stand in public."""


class AnswerRefused(CatalogueError):
    """The answer is empty, is there already, or something in it may not stand in public."""


class SavedAnswerRefused(CatalogueError):
    """There are as many saved answers as there may be, or something in one may not stand in public."""
