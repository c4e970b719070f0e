"""The situations in which the one rule must give the same answer everywhere: function, SQL and both search engines.

Each scenario makes one pack (or a good without pack) and says what must come out on a day, at a moment, for a visitor. Whoever adds a
witness of the rule takes `SCENARIOS` and compares; nobody repeats them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from catalogue.certification.models import Certificate, Decision
from catalogue.certification.services import proposal_close
from catalogue.certification.verdicts import VerdictReason
from catalogue.models import Product
from catalogue.pricing.models import DatedPrice
from catalogue.producers.models import Partner
from marketplace.clock import VIETNAM
from tests.factories.catalogue import (
    NOW,
    TODAY,
    CertificateFactory,
    DecisionFactory,
    GoodFactory,
    ProductSetFactory,
    SectorFactory,
    shown_good,
    sold_pack,
)

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scenario:
    """One situation; `make` returns a pack, or a good that has none."""

    name: str
    make: Callable[[], Product]
    shown: bool
    sold: bool
    reason: VerdictReason
    on: date = TODAY
    at: datetime = NOW
    adult: bool = False
    #: The stars that are shown; None where the good is hidden.
    stars: int | None = None

    def __str__(self) -> str:
        return self.name


def sold(name: str, make: Callable[[], Product], *, stars: int = 4, **when: object) -> Scenario:
    return Scenario(name, make, True, True, VerdictReason.SOLD, stars=stars, **when)  # type: ignore[arg-type]


def only_shown(name: str, make: Callable[[], Product], reason: VerdictReason, **when: object) -> Scenario:
    return Scenario(name, make, True, False, reason, stars=4, **when)  # type: ignore[arg-type]


def hidden(name: str, make: Callable[[], Product], reason: VerdictReason, **when: object) -> Scenario:
    return Scenario(name, make, False, False, reason, **when)  # type: ignore[arg-type]


# --- Situations that need more than one keyword ------------------------------------------------------------
def _dated(valid_from: date, in_force_until: date, **certificate: object) -> Callable[[], Product]:
    return lambda: sold_pack(
        certificate={"valid_from": valid_from, "valid_until": in_force_until, **certificate}
    )


def _upgraded_in_mid_term() -> Product:
    """3 stars until 9 November, 5 stars of the ministry from 10 November 2026."""
    pack = sold_pack(
        certificate={
            "stars": 3,
            "state": Certificate.State.SUPERSEDED,
            "in_force_until": date(2026, 11, 9),
        }
    )
    CertificateFactory(
        product=pack.parent,
        stars=5,
        decision=DecisionFactory(level=Decision.Level.MINISTRY, decided_on=date(2026, 11, 10)),
        valid_from=date(2026, 11, 10),
        valid_until=date(2029, 11, 10),
    )
    return pack


def _proposed_5_while_4_holds() -> Product:
    pack = sold_pack()
    CertificateFactory(
        product=pack.parent,
        stars=5,
        state=Certificate.State.PROPOSED,
        valid_from=TODAY,
        valid_until=TODAY + 1096 * DAY,
    )
    return pack


def _only_proposed() -> Product:
    return sold_pack(
        certificate={"stars": 5, "state": Certificate.State.PROPOSED, "verified_at": None, "decision": None}
    )


def _only_refused() -> Product:
    pack = _only_proposed()
    proposal_close(certificate=pack.parent.certificates.get(), by=None, reason="Bộ không công nhận")
    return pack


def _withdrawn_today() -> Product:
    return sold_pack(
        certificate={
            "state": Certificate.State.WITHDRAWN,
            "in_force_until": TODAY - DAY,
            "state_since": TODAY,
        }
    )


def _district_decision() -> Product:
    district = DecisionFactory(
        level=Decision.Level.DISTRICT, decided_on=date(2025, 6, 16), authority="UBND huyện Đắk Song"
    )
    return sold_pack(
        certificate={
            "stars": 3,
            "decision": district,
            "valid_from": date(2025, 6, 16),
            "valid_until": date(2028, 6, 16),
        }
    )


def _spirits(*, strength: str | None, licence: bool) -> Callable[[], Product]:
    def make() -> Product:
        spirits = ProductSetFactory(
            number=14,
            sector=SectorFactory(code="drink", name="Đồ uống", position=2),
            group="Đồ uống có cồn",
            name="Rượu trắng",
        )
        return sold_pack(
            title="Rượu gạo thử nghiệm",
            product_set=spirits,
            alcohol=Product.Alcohol.ALCOHOL,
            alcohol_strength=None if strength is None else Decimal(strength),
            producer={"with_licence": licence},
        )

    return make


def _licence_ended() -> Product:
    pack = _spirits(strength="40", licence=True)()
    Partner.objects.filter(pk=pack.parent.producer_id).update(alcohol_licence_until=TODAY - DAY)
    return pack


def _suspected() -> Product:
    return sold_pack(
        title="Rượu đông trùng hạ thảo", product_set=None, sector=None, alcohol=Product.Alcohol.SUSPECTED
    )


def _campaign_only() -> Product:
    """No normal price, a dated one for the hours from 10 to 12."""
    pack = sold_pack(price=None)
    DatedPrice.objects.create(
        pack=pack,
        amount=99_000,
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=2),
        source="campaign:1",
    )
    return pack


_TERM = _dated(date(2026, 11, 1), date(2026, 11, 24))

SCENARIOS: list[Scenario] = [
    sold("everything in order", sold_pack),
    # The term, inclusive on both ends
    hidden("the day before the first", _TERM, VerdictReason.NOT_YET_IN_FORCE, on=date(2026, 10, 31)),
    sold("the first day", _TERM, on=date(2026, 11, 1)),
    sold("the last day", _TERM, on=date(2026, 11, 24)),
    hidden("the day after the last", _TERM, VerdictReason.EXPIRED, on=date(2026, 11, 25)),
    sold(
        "past its end, kept by the transitional rule",
        lambda: sold_pack(
            certificate={
                "valid_from": date(2023, 11, 1),
                "valid_until": date(2026, 11, 1),
                "in_force_until": date(2027, 4, 30),
            }
        ),
    ),
    # What happens in between
    sold("the last day before an upgrade", _upgraded_in_mid_term, stars=3, on=date(2026, 11, 9)),
    sold("the first day of an upgrade", _upgraded_in_mid_term, stars=5, on=date(2026, 11, 10)),
    hidden("withdrawn today", _withdrawn_today, VerdictReason.WITHDRAWN),
    sold("withdrawn today, the day before", _withdrawn_today, on=TODAY - DAY),
    sold("proposed for 5 while 4 holds", _proposed_5_while_4_holds),
    hidden("proposed for 5, nothing before", _only_proposed, VerdictReason.PROPOSED_ONLY),
    hidden("proposed for 5, refused, nothing before", _only_refused, VerdictReason.NO_CERTIFICATE),
    sold("a district's decision before July 2025", _district_decision, stars=3),
    hidden("unverified", lambda: sold_pack(certificate={"unverified": True}), VerdictReason.UNVERIFIED),
    hidden(
        "two stars, on record only",
        lambda: sold_pack(certificate={"stars": 2, "state": Certificate.State.PROPOSED, "verified_at": None}),
        VerdictReason.TOO_FEW_STARS,
    ),
    hidden("no certificate", GoodFactory, VerdictReason.NO_CERTIFICATE),
    # The listing
    hidden(
        "suspended listing",
        lambda: sold_pack(listing=Product.Listing.SUSPENDED),
        VerdictReason.SUSPENDED,
    ),
    # Alcohol
    hidden("suspected alcohol, age not declared", _suspected, VerdictReason.AGE_NOT_DECLARED),
    only_shown("suspected alcohol, for an adult", _suspected, VerdictReason.ALCOHOL_SUSPECTED, adult=True),
    hidden(
        "spirits, age not declared", _spirits(strength="40", licence=True), VerdictReason.AGE_NOT_DECLARED
    ),
    sold("spirits, licensed, for an adult", _spirits(strength="40", licence=True), adult=True),
    only_shown(
        "spirits without licence",
        _spirits(strength="40", licence=False),
        VerdictReason.NO_LICENCE,
        adult=True,
    ),
    only_shown("licence ended yesterday", _licence_ended, VerdictReason.NO_LICENCE, adult=True),
    sold("licence on its last day", _licence_ended, adult=True, on=TODAY - DAY),
    only_shown(
        "unknown strength counts as strong",
        _spirits(strength=None, licence=False),
        VerdictReason.NO_LICENCE,
        adult=True,
    ),
    only_shown(
        "5.5 % needs the licence",
        _spirits(strength="5.5", licence=False),
        VerdictReason.NO_LICENCE,
        adult=True,
    ),
    sold("5.4 % needs none", _spirits(strength="5.4", licence=False), adult=True),
    sold("an adult still sees coffee", sold_pack, adult=True),
    # The seller, the price, the stock
    only_shown(
        "seller not verified",
        lambda: sold_pack(producer={"seller_state": Partner.SellerState.PENDING}),
        VerdictReason.SELLER_NOT_VERIFIED,
    ),
    only_shown(
        "seller suspended",
        lambda: sold_pack(producer={"seller_state": Partner.SellerState.SUSPENDED}),
        VerdictReason.SELLER_NOT_VERIFIED,
    ),
    only_shown("certified, without a pack", shown_good, VerdictReason.NO_PACK),
    only_shown("no price", lambda: sold_pack(price=None), VerdictReason.NO_PRICE),
    sold("only a dated price, at its first second", _campaign_only),
    sold("only a dated price, in its last second", _campaign_only, at=NOW + timedelta(seconds=7199)),
    only_shown(
        "only a dated price, at its end", _campaign_only, VerdictReason.NO_PRICE, at=NOW + timedelta(hours=2)
    ),
    only_shown(
        "a price that starts later",
        sold_pack,
        VerdictReason.NO_PRICE,
        on=date(2026, 11, 24),
        at=datetime(2025, 12, 31, 23, 59, 59, tzinfo=VIETNAM),
    ),
    only_shown("no stock", lambda: sold_pack(stock={"num_in_stock": 0}), VerdictReason.NO_STOCK),
    only_shown(
        "all of it promised",
        lambda: sold_pack(stock={"num_in_stock": 3, "num_allocated": 3}),
        VerdictReason.NO_STOCK,
    ),
    sold("the last one", lambda: sold_pack(stock={"num_in_stock": 3, "num_allocated": 2})),
]
