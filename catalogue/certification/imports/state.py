"""What is known of goods and their certificates while a batch is judged: read in two queries a batch, kept in step with each verdict."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from catalogue.certification.imports.matching import ProducerState
from catalogue.certification.models import FEWEST_CERTIFIED_STARS, Certificate
from catalogue.models import Product
from catalogue.producers.matching import product_key
from catalogue.wording import folded


@dataclass(slots=True, eq=False)
class CertificateState:
    """A certificate, known or about to be made (`pk` None)."""

    pk: int | None
    stars: int
    state: str
    verified: bool
    decision_number: str = ""
    decided_on: date | None = None
    official_code: str = ""
    made: Certificate | None = None

    @property
    def proposed(self) -> bool:
        return self.state == Certificate.State.PROPOSED

    @property
    def awaits_verification(self) -> bool:
        return (
            not self.verified
            and self.state == Certificate.State.AWARDED
            and self.stars >= FEWEST_CERTIFIED_STARS
        )


@dataclass(slots=True, eq=False)
class GoodState:
    """A good, known or about to be made (`pk` None)."""

    pk: int | None
    title: str
    key: str
    producer: ProducerState
    sector: str | None = None
    product_set: int | None = None
    commune: str | None = None
    ocop_code: str = ""
    suggested_set: int | None = None
    alcohol: str = Product.Alcohol.NONE
    certificates: list[CertificateState] = field(default_factory=list)
    made: Product | None = None

    @property
    def core(self) -> str:
        return folded(self.title).replace(" ", "")


class KnownGoods:
    """The goods of the producers at hand."""

    def __init__(self) -> None:
        self._of: dict[int, dict[str, GoodState]] = defaultdict(dict)
        self._loaded: set[int] = set()
        #: OCOP product codes that goods have: of those asked for, and of those judged since.
        self.codes: set[str] = set()

    def load(self, producers: Iterable[ProducerState]) -> None:
        """Read the goods and certificates of the producers that aren't read yet: two queries, however many they are."""
        wanted = {
            known.pk: known
            for known in producers
            if known.pk is not None and known.pk not in self._loaded and id(known) not in self._of
        }
        if not wanted:
            return
        self._loaded |= set(wanted)
        by_pk: dict[int, GoodState] = {}
        for row in (
            Product.objects.filter(producer__in=list(wanted), structure=Product.PARENT)
            .order_by("pk")
            .values_list(
                "pk",
                "title_vi",
                "match_key",
                "producer_id",
                "sector_id",
                "product_set_id",
                "commune_id",
                "ocop_code",
                "suggested_set_id",
                "alcohol",
            )
        ):
            pk, title, key, producer, sector, product_set, commune, code, suggested, alcohol = row
            good = GoodState(
                pk,
                title,
                key or product_key(title),
                wanted[producer],
                sector,
                product_set,
                commune,
                code or "",
                suggested,
                alcohol,
            )
            by_pk[pk] = good
            self.add(good)
        papers = (
            Certificate.objects.filter(product__in=list(by_pk))
            # A proposal that came to nothing is no paper that a decision could complete.
            .exclude(state=Certificate.State.CLOSED)
            .order_by("pk")
            .values_list(
                "pk", "product_id", "stars", "state", "verified_at", "decision__number", "decision__decided_on", "official_code"
            )
        )  # fmt: skip
        for pk, product, stars, state, verified_at, number, decided_on, code in papers:
            by_pk[product].certificates.append(
                CertificateState(
                    pk, stars, state, verified_at is not None, number or "", decided_on, official_code=code
                )
            )

    def load_codes(self, codes: Iterable[str]) -> None:
        """Learn which of these OCOP product codes are taken: one query where there is any."""
        asked = {code for code in codes if code}
        if asked:
            self.codes.update(
                code
                for code in Product.objects.filter(ocop_code__in=asked).values_list("ocop_code", flat=True)
                if code
            )

    def of(self, producer: ProducerState) -> dict[str, GoodState]:
        """Return the goods of a producer by their key."""
        return self._of[id(producer)]

    def add(self, good: GoodState) -> None:
        self._of[id(good.producer)].setdefault(good.key, good)
        if good.ocop_code:
            self.codes.add(good.ocop_code)

    def forget(self) -> None:
        self._of.clear()
        self._loaded.clear()
        self.codes.clear()
