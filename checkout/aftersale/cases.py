"""Which steps a case may take, and who may take them."""

from typing import Final

from checkout.aftersale.models import Case, Side

State = Case.State

#: From each state to those that may follow, and who may bring that about.
ALLOWED: Final[dict[str, dict[str, frozenset[str]]]] = {
    State.OPEN: {
        State.AWAITING_GOODS: frozenset({Side.PRODUCER, Side.PROGRAMME}),
        State.REFUNDED: frozenset({Side.PRODUCER, Side.PROGRAMME}),
        State.SETTLED: frozenset({Side.PRODUCER, Side.PROGRAMME}),
        State.REFUSED: frozenset({Side.PRODUCER}),
        State.DISMISSED: frozenset({Side.PROGRAMME}),
        State.ESCALATED: frozenset({Side.PROGRAMME, Side.SYSTEM}),
        State.WITHDRAWN: frozenset({Side.BUYER}),
    },
    State.ESCALATED: {
        # A producer may still give the buyer what is asked for; only saying no is the programme's alone.
        State.AWAITING_GOODS: frozenset({Side.PRODUCER, Side.PROGRAMME}),
        State.REFUNDED: frozenset({Side.PRODUCER, Side.PROGRAMME}),
        State.SETTLED: frozenset({Side.PROGRAMME}),
        State.DISMISSED: frozenset({Side.PROGRAMME}),
        State.WITHDRAWN: frozenset({Side.BUYER}),
    },
    State.AWAITING_GOODS: {
        State.REFUNDED: frozenset({Side.PRODUCER, Side.PROGRAMME}),
        State.ESCALATED: frozenset({Side.PRODUCER, Side.SYSTEM}),
        State.LAPSED: frozenset({Side.SYSTEM}),
        State.WITHDRAWN: frozenset({Side.BUYER}),
    },
    State.REFUSED: {State.ESCALATED: frozenset({Side.BUYER})},
    State.SETTLED: {State.ESCALATED: frozenset({Side.BUYER})},
    State.REFUNDED: {},
    State.DISMISSED: {},
    State.WITHDRAWN: {},
    State.LAPSED: {},
}

#: Somebody still has to do something; of a line only one case is in one of these.
OPEN_STATES: Final = (State.OPEN, State.ESCALATED, State.AWAITING_GOODS)
#: Somebody other than the buyer has the next word, and a last day for it.
ANSWER_DUE: Final = (State.OPEN, State.ESCALATED)


def may_become(case: Case, state: str, *, side: str) -> bool:
    """Return whether `side` may bring `case` into `state` now."""
    return side in ALLOWED[case.state].get(state, frozenset())


def steps_of(case: Case, *, side: str) -> set[str]:
    """Return the states into which `side` may bring `case` now."""
    return {state for state, sides in ALLOWED[case.state].items() if side in sides}
