"""Everything that the page of one good shows, read in a constant number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.utils.functional import Promise

from catalogue.cards import Card, card_from_rows, pack_verdict
from catalogue.certification.facts import certificate_facts, good_facts
from catalogue.certification.models import Certificate, StandardCertificate
from catalogue.certification.rules import GoodFacts, SaleDecision, sale_decision
from catalogue.certification.verdicts import VerdictReason
from catalogue.good_reading import read_certificates, read_good, read_standards
from catalogue.models import Product
from catalogue.packs import PackOffer, lead_pack
from catalogue.pictures.serving import Picture, picture_from_values
from catalogue.pricing.selectors import PackPrice, prices_at
from catalogue.producers.models import Partner
from catalogue.questions.models import Question
from catalogue.questions.selectors import ON_THE_PAGE as QUESTIONS_ON_THE_PAGE
from catalogue.questions.selectors import AnswerTime, answer_time, is_asked, questions_public
from catalogue.reviews.models import ProductReview
from catalogue.reviews.ratings import Rating, rating_of
from catalogue.reviews.selectors import ON_THE_PAGE, reviews_shown
from catalogue.rows import Row, available, packs_of, pictures_of, shown_goods
from catalogue.similar import similar_goods
from catalogue.texts import text_in
from marketplace.clock import day_of


@dataclass(frozen=True, slots=True)
class PackChoice:
    """One pack on the page of its good; the stock in packs."""

    pk: int
    label: str
    price: PackPrice | None
    available: int
    sold: bool
    reason: str | Promise
    #: Whether nothing but stock keeps it from being sold.
    sold_out: bool
    #: Whether the page shows this pack's price and buys it.
    chosen: bool


@dataclass(frozen=True, slots=True)
class GoodVerdict:
    """A good with its papers and whether the one rule shows it."""

    good: Product
    facts: GoodFacts
    certificates: tuple[Certificate, ...]
    decision: SaleDecision

    @property
    def producer(self) -> Partner:
        """Who makes the good: a constraint gives every good one."""
        return cast(Partner, self.good.producer)

    @property
    def certificate(self) -> Certificate | None:
        """The certificate in force; None where there is none."""
        current = self.decision.certificate
        return next((paper for paper in self.certificates if current and paper.pk == current.pk), None)


@dataclass(frozen=True, slots=True)
class GoodPage:
    """What the page shows beside the good itself."""

    packs: tuple[PackChoice, ...]
    pack: PackChoice | None
    #: Why nothing can be bought here; empty where something can.
    reason: str | Promise
    gallery: tuple[Picture, ...]
    standards: tuple[StandardCertificate, ...]
    #: What buyers give it and the newest of what they say; the rest stands on a page of its own.
    rating: Rating | None
    reviews: tuple[ProductReview, ...]
    #: The newest questions with an answer; whether there are more, on a page of their own; whether one can be asked; how soon the producer answers.
    questions: tuple[Question, ...]
    has_more_questions: bool
    may_ask: bool
    answer_time: AnswerTime | None
    #: Goods that others bought together with it, and goods like it.
    together: tuple[Card, ...]
    related: tuple[Card, ...]

    @property
    def boundaries(self) -> list[datetime | None]:
        """The moments at which a price on the page may change."""
        own = [pack.price.until for pack in self.packs if pack.price]
        return [*own, *(card.until for card in (*self.together, *self.related))]


def good_with_verdict(pk: int, *, at: datetime, adult: bool) -> GoodVerdict | None:
    """Return a good with its producer, place, certificates and the verdict on it; None where there is no such good. Two queries."""
    good = read_good(pk)
    if good is None:
        return None
    papers = read_certificates(good)
    facts = good_facts(
        good,
        tuple(
            certificate_facts(paper, decision_number=paper.decision.number if paper.decision else "")
            for paper in papers
        ),
    )
    decision = sale_decision(facts=facts, on=day_of(at), at=at, adult=adult)
    return GoodVerdict(good=good, facts=facts, certificates=papers, decision=decision)


def good_page(
    verdict: GoodVerdict, *, language: str, at: datetime, adult: bool, pack_id: int | None = None
) -> GoodPage:
    """Return the rest of the page in eight queries, ten where there are reviews; `pack_id` is the pack that the visitor chose, if it is one of the good's."""
    good = verdict.good
    similar = similar_goods(good, at=at, adult=adult)
    related_goods = shown_goods([*similar.together, *similar.alike], at=at, adult=adult)
    packs = packs_of([good.pk, *related_goods])
    prices = prices_at([pack["pk"] for rows in packs.values() for pack in rows], at)
    pictures = pictures_of([good.pk, *related_goods])
    choices, reason = _choices(
        verdict, packs[good.pk], prices, language=language, at=at, adult=adult, pack_id=pack_id
    )

    def cards(ids: list[int]) -> tuple[Card, ...]:
        return tuple(
            card_from_rows(
                related_goods[pk], packs[pk], prices, pictures[pk], language=language, at=at, adult=adult
            )
            for pk in ids
            if pk in related_goods
        )

    questions = tuple(questions_public(good.pk)[: QUESTIONS_ON_THE_PAGE + 1])
    return GoodPage(
        packs=choices,
        pack=next((choice for choice in choices if choice.chosen), None),
        reason=reason,
        gallery=tuple(
            picture_from_values({**row, "alt": text_in(row, "alt", language) or good.title})
            for row in pictures[good.pk]
        ),
        standards=read_standards(good, at=at),
        rating=rating_of(good.rating, good.review_count),
        reviews=tuple(reviews_shown(good.pk)[:ON_THE_PAGE]) if good.review_count else (),
        questions=questions[:QUESTIONS_ON_THE_PAGE],
        has_more_questions=len(questions) > QUESTIONS_ON_THE_PAGE,
        may_ask=is_asked(verdict.producer),
        answer_time=answer_time(verdict.producer.pk),
        together=cards(similar.together),
        related=cards(similar.alike),
    )


def _choices(
    verdict: GoodVerdict,
    packs: list[Row],
    prices: dict[int, PackPrice],
    *,
    language: str,
    at: datetime,
    adult: bool,
    pack_id: int | None,
) -> tuple[tuple[PackChoice, ...], str | Promise]:
    """Return the packs, the cheapest first, with the chosen one marked, and why it cannot be bought."""
    verdicts = {pack["pk"]: pack_verdict(verdict.facts, pack, prices, at=at, adult=adult) for pack in packs}
    offers = [
        PackOffer(pk, prices[pk].now if pk in prices else None, decision.sold)
        for pk, decision in verdicts.items()
    ]
    lead = lead_pack(offers, chosen=verdict.good.lead_pack_id)
    chosen = pack_id if pack_id in verdicts else lead.pk if lead else None
    choices = [
        PackChoice(
            pk=pack["pk"],
            label=text_in(pack, "title", language),
            price=prices.get(pack["pk"]),
            available=available(pack),
            sold=verdicts[pack["pk"]].sold,
            reason="" if verdicts[pack["pk"]].sold else verdicts[pack["pk"]].reason.text,
            sold_out=verdicts[pack["pk"]].reason == VerdictReason.NO_STOCK,
            chosen=pack["pk"] == chosen,
        )
        for pack in packs
    ]
    choices.sort(
        key=lambda choice: (choice.price is None, choice.price.now if choice.price else 0, choice.pk)
    )
    reason = verdicts[chosen] if chosen is not None else verdict.decision
    return tuple(choices), "" if reason.sold else reason.reason.text
