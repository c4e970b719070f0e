"""Says what a row means: what it would create or change, what it asks, why it is refused. Writes nothing.

Each verdict is at once noted in what is known, so that the next row of the file is judged as if this one had been written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from catalogue.certification.imports.matching import ProducerIndex, ProducerState, close_names
from catalogue.certification.imports.models import Outcome, Question
from catalogue.certification.imports.rows import ListedGood
from catalogue.certification.imports.state import CertificateState, GoodState, KnownGoods
from catalogue.certification.models import FEWEST_CERTIFIED_STARS, Certificate
from catalogue.certification.programme import rule_book
from catalogue.certification.second_person import is_asked_for
from catalogue.certification.terms import term_end
from catalogue.models import ALCOHOL_SETS, Product
from catalogue.producers.matching import producer_core, producer_key, product_key
from catalogue.services import alcohol_of_set

NEW, REJECT = "new", "reject"
AWARD, PROPOSED, UNVERIFIED, BY_RULE, AS_STATED = "award", "proposed", "unverified", "by_rule", "as_stated"


class Step(StrEnum):
    """What has to be written for a row, in this order."""

    NEW_PRODUCER = "new_producer"
    NEW_GOOD = "new_good"
    FILL_GOOD = "fill_good"
    NEW_CERTIFICATE = "new_certificate"
    COMPLETE_CERTIFICATE = "complete_certificate"
    NUMBER_CERTIFICATE = "number_certificate"


@dataclass(slots=True)
class Verdict:
    """What becomes of a row."""

    outcome: Outcome
    reason: str = ""
    question: str = ""
    choices: list[dict[str, str]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    producer: ProducerState | None = None
    good: GoodState | None = None
    certificate: CertificateState | None = None
    #: Values that `FILL_GOOD` writes into fields of the good that are empty.
    filled: dict[str, Any] = field(default_factory=dict)


class _Ended(Exception):
    """The row is held or rejected: the verdict says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.outcome)
        self.verdict = verdict


class Judge:
    """Judges rows against what is known."""

    def __init__(
        self,
        index: ProducerIndex,
        goods: KnownGoods,
        settle: Callable[[], None],
        *,
        province: str | None = None,
    ) -> None:
        """`settle` writes what was judged so far, so that a question can name it; a dry run has nothing to write.

        `province` is the one that all rows lie in, where the list is of one: producers of another are never offered.
        """
        self.index = index
        self.goods = goods
        self.settle = settle
        self.province = province

    def judge(self, row: ListedGood, answers: dict[str, str]) -> Verdict:
        """Return what becomes of the row, given the answers so far by question."""
        if row.faults:
            return Verdict(Outcome.REJECTED, reason=" ".join(row.faults))
        # Whatever was asked: another row may have answered it since.
        if REJECT in answers.values():
            return Verdict(Outcome.REJECTED, reason=_("Left out by a person."))
        try:
            return self._judge(row, answers)
        except _Ended as ended:
            return ended.verdict

    def _judge(self, row: ListedGood, answers: dict[str, str]) -> Verdict:
        verdict = Verdict(Outcome.UNCHANGED)
        row.proposed = row.proposed or row.stars < FEWEST_CERTIFIED_STARS
        self._check_paper(row, answers)
        producer = self._producer(row, answers)
        good = self._good(row, answers, producer) if producer else None
        if good is None:
            return self._new(row, producer, verdict)
        verdict.producer, verdict.good = good.producer, good
        self._fill(row, good, verdict)
        self._certificate(row, answers, good, verdict)
        if verdict.steps:
            verdict.outcome = Outcome.UPDATED
        return verdict

    # --- who
    def _producer(self, row: ListedGood, answers: dict[str, str]) -> ProducerState | None:
        match = self.index.find(row.producer, commune=row.commune, province=row.province)
        if match.same:
            return match.same
        if not match.close:
            return None
        offered = [known for known in match.close if self.province in {None, known.province or self.province}]
        if any(known.pk is None for known in offered):
            self.settle()
        choices = [
            (f"same:{known.pk}", _("The same: %(name)s") % {"name": self._named(known)})
            for known in offered[:6]
        ]
        answer = _ask(
            Question.SAME_PRODUCER,
            answers,
            [*choices, (NEW, _("Another producer: add it"))],
            _("“%(name)s” resembles a producer that is known.") % {"name": row.producer},
        )
        return None if answer == NEW else self.index.by_pk[int(answer.removeprefix("same:"))]

    def _named(self, known: ProducerState) -> str:
        return f"{known.name} ({known.place})" if known.place else known.name

    # --- what
    def _good(self, row: ListedGood, answers: dict[str, str], producer: ProducerState) -> GoodState | None:
        self.goods.load([producer])
        known = self.goods.of(producer)
        key = product_key(row.product)
        if key in known:
            return known[key]
        asked = GoodState(None, row.product, key, producer)
        close = [
            good
            for good in known.values()
            if (row.ocop_code and good.ocop_code == row.ocop_code) or close_names(good.core, asked.core)
        ]
        if not close:
            return None
        if any(good.pk is None for good in close):
            self.settle()
        choices = [(f"same:{good.pk}", _("The same: %(name)s") % {"name": good.title}) for good in close[:6]]
        answer = _ask(
            Question.SAME_PRODUCT,
            answers,
            [*choices, (NEW, _("Another product: add it"))],
            _("“%(name)s” resembles a product of this producer.") % {"name": row.product},
        )
        return next((good for good in close if f"same:{good.pk}" == answer), None)

    def _new(self, row: ListedGood, producer: ProducerState | None, verdict: Verdict) -> Verdict:
        if row.ocop_code and row.ocop_code in self.goods.codes:
            reason = _("The OCOP code %(code)s belongs to another product.") % {"code": row.ocop_code}
            raise _Ended(Verdict(Outcome.REJECTED, reason=reason))
        if producer is None:
            producer = ProducerState(
                None,
                row.producer,
                producer_key(row.producer),
                producer_core(row.producer),
                row.commune,
                row.province,
            )
            self.index.add(producer)
            verdict.steps.append(Step.NEW_PRODUCER)
        good = GoodState(
            None,
            row.product,
            product_key(row.product),
            producer,
            row.sector,
            row.product_set,
            row.commune,
            row.ocop_code,
            row.suggested_set,
            alcohol_of_row(row),
        )
        good.certificates.append(_paper(row))
        self.goods.add(good)
        verdict.steps += [Step.NEW_GOOD, Step.NEW_CERTIFICATE]
        verdict.outcome = Outcome.CREATED
        verdict.producer, verdict.good, verdict.certificate = producer, good, good.certificates[0]
        return verdict

    def _fill(self, row: ListedGood, good: GoodState, verdict: Verdict) -> None:
        for name, known, listed in (
            ("sector_id", good.sector, row.sector),
            ("product_set_id", good.product_set, row.product_set),
            ("commune_id", good.commune, row.commune),
            ("ocop_code", good.ocop_code or row.ocop_code in self.goods.codes, row.ocop_code),
        ):
            if listed and not known:
                verdict.filled[name] = listed
        if "product_set_id" in verdict.filled and row.product_set in ALCOHOL_SETS:
            verdict.filled["alcohol_strength"] = row.strength
        verdict.filled |= self._suspicion(row, good)
        good.sector = good.sector or row.sector
        good.product_set = good.product_set or row.product_set
        good.commune = good.commune or row.commune
        if "ocop_code" in verdict.filled:
            good.ocop_code = row.ocop_code
            self.goods.codes.add(row.ocop_code)
        if verdict.filled:
            verdict.steps.append(Step.FILL_GOOD)

    @staticmethod
    def _suspicion(row: ListedGood, good: GoodState) -> dict[str, Any]:
        """Return what makes a good without set wait for a person, where the list is the first to take it for alcohol."""
        if (
            good.product_set
            or row.product_set
            or not row.could_be_alcohol
            or good.alcohol != Product.Alcohol.NONE
        ):
            return {}
        good.alcohol = Product.Alcohol.SUSPECTED
        if row.suggested_set in ALCOHOL_SETS:
            good.suggested_set = row.suggested_set
        return {"alcohol": good.alcohol, "suggested_set_id": good.suggested_set}

    # --- by which paper
    def _check_paper(self, row: ListedGood, answers: dict[str, str]) -> None:
        """Ask about a paper that the rules don't allow, and change the row by the answer."""
        if row.proposed or not row.has_decision:
            return
        if row.decided_on and (row.level, row.stars) not in rule_book().recognition_on(row.decided_on).powers:
            question = Question.FIVE_STARS if row.stars == 5 else Question.POWER
            keep = (UNVERIFIED, _("Record it, to be verified by a person"))
            proposed = [(PROPOSED, _("Record it as proposed for 5 stars"))] if row.stars == 5 else []
            answer = _ask(
                question,
                answers,
                [*proposed, keep],
                _("On %(day)s, %(authority)s could not award %(stars)d stars.")
                % {
                    "day": row.decided_on.strftime("%d/%m/%Y"),
                    "authority": row.authority,
                    "stars": row.stars,
                },
            )
            row.proposed = answer == PROPOSED
            if answer == UNVERIFIED:
                row.level = ""
            return
        longest = row.valid_from and term_end(row.valid_from)
        if longest and row.valid_until and row.valid_until > longest:
            answer = _ask(
                Question.TERM,
                answers,
                [
                    (BY_RULE, _("Until %(day)s, by the rule") % {"day": longest.strftime("%d/%m/%Y")}),
                    (
                        AS_STATED,
                        _("Until %(day)s, as stated") % {"day": row.valid_until.strftime("%d/%m/%Y")},
                    ),
                ],
                _("The list states a longer term than the rule allows."),
            )
            row.valid_until = longest if answer == BY_RULE else row.valid_until

    def _certificate(
        self, row: ListedGood, answers: dict[str, str], good: GoodState, verdict: Verdict
    ) -> None:
        if row.proposed:
            known = next(
                (paper for paper in good.certificates if paper.proposed and paper.stars == row.stars), None
            )
            verdict.certificate = known or self._add(row, good, verdict)
            return
        # Fewer stars on record make a person look, too: was the same good rated again?
        papers = [
            paper for paper in good.certificates if not paper.proposed or paper.stars < FEWEST_CERTIFIED_STARS
        ]
        if row.has_decision:
            same = next((paper for paper in papers if _same_decision(paper, row)), None)
            if same and same.stars == row.stars:
                verdict.certificate = same
                self._number(row, same, verdict)
                return
            waiting = next(
                (
                    paper
                    for paper in papers
                    if not paper.verified and not paper.decision_number and paper.stars == row.stars
                ),
                None,
            )
            if waiting and not same:
                waiting.decision_number, waiting.decided_on, waiting.verified = (
                    row.decision_number,
                    row.decided_on,
                    not is_asked_for(),
                )
                verdict.certificate = waiting
                verdict.steps.append(Step.COMPLETE_CERTIFICATE)
                return
        else:
            same = None
            alike = next((paper for paper in papers if paper.stars == row.stars), None)
            if alike:
                verdict.certificate = alike
                return
        if papers and papers[-1].stars != row.stars:
            held = papers[-1]
            award = [] if same else [(AWARD, _("A newer certificate: record it"))]
            _ask(
                Question.OTHER_STARS,
                answers,
                award,
                _("“%(name)s” is on record with %(known)d stars; the list says %(listed)d.")
                % {"name": good.title, "known": held.stars, "listed": row.stars},
            )
        verdict.certificate = self._add(row, good, verdict)

    @staticmethod
    def _number(row: ListedGood, paper: CertificateState, verdict: Verdict) -> None:
        """Take up the number of a certificate that has none yet; where a second person is asked for, only until one has verified it."""
        if row.certificate_code and not paper.official_code and not (paper.verified and is_asked_for()):
            paper.official_code = row.certificate_code
            verdict.steps.append(Step.NUMBER_CERTIFICATE)

    def _add(self, row: ListedGood, good: GoodState, verdict: Verdict) -> CertificateState:
        paper = _paper(row)
        good.certificates.append(paper)
        verdict.steps.append(Step.NEW_CERTIFICATE)
        return paper


def alcohol_of_row(row: ListedGood) -> str:
    """Return which value of `Product.Alcohol` a new good of this row has."""
    if row.product_set is not None:
        return alcohol_of_set(row.product_set)
    return Product.Alcohol.SUSPECTED if row.could_be_alcohol else Product.Alcohol.NONE


def _paper(row: ListedGood) -> CertificateState:
    state = Certificate.State.PROPOSED if row.proposed else Certificate.State.AWARDED
    is_award = row.has_decision and not row.proposed and row.stars >= FEWEST_CERTIFIED_STARS
    verified = is_award and not is_asked_for()
    return CertificateState(
        None,
        row.stars,
        state,
        verified,
        row.decision_number if row.has_decision else "",
        row.decided_on if row.has_decision else None,
        row.certificate_code,
    )


def _same_decision(paper: CertificateState, row: ListedGood) -> bool:
    return (paper.decision_number, paper.decided_on) == (row.decision_number, row.decided_on)


def _ask(question: Question, answers: dict[str, str], choices: list[tuple[str, str]], reason: str) -> str:
    """Return the answer given to `question`; hold the row where there is none."""
    offered = [*choices, (REJECT, _("Leave this row out"))]
    answer = answers.get(question, "")
    if answer not in {value for value, _label in offered}:
        raise _Ended(
            Verdict(
                Outcome.HELD,
                reason=reason,
                question=question,
                choices=[{"value": value, "label": label} for value, label in offered],
            )
        )
    return answer
