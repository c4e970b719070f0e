"""The page of criteria leaves nothing out."""

import inspect

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
