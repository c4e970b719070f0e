"""The page of criteria leaves nothing out."""

import inspect

from django.utils import translation

from catalogue.reviews.ratings import HIGHEST_RATING_STEP
from search import criteria, ranking


def test_every_constant_that_ranks_is_published():
    source = inspect.getsource(criteria)
    constants = [name for name in vars(ranking) if name.isupper()]
    steps = {"POPULARITY_BITS", "RATING_BITS"}  # how many steps there are, not what one is worth

    assert len(constants) > 20
    assert [name for name in constants if f"ranking.{name}" not in source and name not in steps] == []


def test_no_criterion_is_measured_beyond_its_bar():
    for group in criteria.criteria():
        assert all(0 < row.points <= group.most for row in group.rows), group.heading


def test_sales_and_reviews_are_told_by_the_settings_that_count_them(monkeypatch):
    monkeypatch.setattr("search.criteria.ASSUMED_REVIEWS", 8)
    monkeypatch.setattr("search.criteria.HALF_LIFE_DAYS", 41)

    with translation.override("en"):
        assert "After 41 days a sale counts half" in criteria.sales_counted()
        assert "7 steps of sales in the last 90 days" in criteria.criteria()[-1].rows[-2].words
        assert "3 steps of buyers' reviews" in criteria.criteria()[-1].rows[-1].words
        assert "as if 8 buyers had given 3.5 of 5" in criteria.reviews_counted()
    assert HIGHEST_RATING_STEP == 2**ranking.RATING_BITS - 1
