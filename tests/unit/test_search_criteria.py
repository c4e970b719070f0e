"""The page of criteria leaves nothing out."""

import inspect

from django.utils import translation

from search import criteria, ranking


def test_every_constant_that_ranks_is_published():
    source = inspect.getsource(criteria)
    constants = [name for name in vars(ranking) if name.isupper()]
    steps = {"POPULARITY_BITS"}  # how many steps there are, not what one is worth

    assert len(constants) > 20
    assert [name for name in constants if f"ranking.{name}" not in source and name not in steps] == []


def test_no_criterion_is_measured_beyond_its_bar():
    for group in criteria.criteria():
        assert all(0 < row.points <= group.most for row in group.rows), group.heading


def test_sales_are_told_by_the_settings_that_count_them(monkeypatch):
    """Reviews rank nothing, and the page names no constant of theirs."""
    monkeypatch.setattr("search.criteria.HALF_LIFE_DAYS", 41)

    with translation.override("en"):
        assert "After 41 days a sale counts half" in criteria.sales_counted()
        assert "7 steps of sales in the last 90 days" in criteria.criteria()[-1].rows[-1].words
    assert [name for name in vars(ranking) if "RATING" in name or "REVIEW" in name] == []
