"""Writes what was judged: new things of a batch in bulk, changes to known goods one by one through the services."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from catalogue.certification.decisions import decision_record
from catalogue.certification.imports.judging import Step, Verdict, alcohol_of_row
from catalogue.certification.imports.matching import ProducerIndex
from catalogue.certification.imports.rows import ListedGood
from catalogue.certification.models import Certificate, CertificateEvent, Decision
from catalogue.certification.second_person import is_asked_for
from catalogue.certification.services import (
    certificate_award,
    certificate_complete,
    certificate_number,
    certificate_propose,
    certificate_verify,
    public_code_new,
)
from catalogue.changes import mark_changed
from catalogue.models import ALCOHOL_SETS, Product
from catalogue.producers.matching import producer_kind
from catalogue.producers.models import Partner
from catalogue.services import alcohol_of_set
from catalogue.texts import no_texts
from marketplace.accounts.models import User
from marketplace.clock import today
from marketplace.slugs import vietnamese_slug

_MOST_CANDIDATES = 40


@dataclass(slots=True)
class Writer:
    """Gathers the new things of a batch; `flush` writes them. `reason` goes into the history of each certificate."""

    index: ProducerIndex
    by: User | None
    reason: str
    producers: list[tuple[ListedGood, Verdict]] = field(default_factory=list)
    goods: list[tuple[ListedGood, Verdict]] = field(default_factory=list)
    decisions: dict[tuple[str, str, str], Decision] = field(default_factory=dict)

    def write(self, row: ListedGood, verdict: Verdict) -> None:
        """Take what the verdict says; what concerns a known good is written at once. May raise CertificationError."""
        if Step.NEW_PRODUCER in verdict.steps:
            self.producers.append((row, verdict))
        if Step.NEW_GOOD in verdict.steps:
            self.goods.append((row, verdict))
        elif verdict.steps:
            self.flush()
            with transaction.atomic():
                self._change(row, verdict)

    def flush(self) -> None:
        """Write what was gathered."""
        self._make_producers()
        made = self._make_goods()
        self._make_certificates(made)
        mark_changed([product.pk for _row, _verdict, product in made])
        self.producers.clear()
        self.goods.clear()

    def _make_producers(self) -> None:
        codes = _free_codes([row.producer for row, _verdict in self.producers])
        made = [
            Partner(
                **no_texts(Partner),
                name=row.producer,
                code=code,
                match_key=verdict.producer.key[:255] if verdict.producer else "",
                kind=producer_kind(row.producer),
                address_text=row.address,
                street=(row.place.before if row.place else "")[:255],
                commune_id=row.commune,
                commune_candidates=_candidates(row),
                legacy_region=row.legacy_region,
            )
            for (row, verdict), code in zip(self.producers, codes, strict=True)
        ]
        for (_row, verdict), producer in zip(self.producers, Partner.objects.bulk_create(made), strict=True):
            state = verdict.producer
            if state:
                state.pk = producer.pk
                self.index.by_pk[producer.pk] = state

    def _make_goods(self) -> list[tuple[ListedGood, Verdict, Product]]:
        made = [_product(row, verdict) for row, verdict in self.goods]
        Product.objects.bulk_create(made)
        for (_row, verdict), product in zip(self.goods, made, strict=True):
            if verdict.good:
                verdict.good.pk = product.pk
        return [(row, verdict, product) for (row, verdict), product in zip(self.goods, made, strict=True)]

    def _make_certificates(self, made: list[tuple[ListedGood, Verdict, Product]]) -> None:
        now = timezone.now()
        papers = [self._certificate(row, verdict, product, now) for row, verdict, product in made]
        Certificate.objects.bulk_create(papers)
        events: list[CertificateEvent] = []
        for (_row, verdict, _product), paper in zip(made, papers, strict=True):
            if verdict.certificate:
                verdict.certificate.pk = paper.pk
            first = "proposed" if paper.state == Certificate.State.PROPOSED else "awarded"
            events += [
                CertificateEvent(
                    certificate=paper,
                    action=action,
                    actor=self.by,
                    reason=self.reason[:255],
                    changes={"stars": [None, paper.stars]} if action == first else {},
                )
                for action in (first, *(["verified"] if paper.verified_at else []))
            ]
        CertificateEvent.objects.bulk_create(events)

    def _certificate(self, row: ListedGood, verdict: Verdict, product: Product, now: datetime) -> Certificate:
        verified = bool(verdict.certificate and verdict.certificate.verified)
        decision = self._decision(row) if row.has_decision and not row.proposed else None
        return Certificate(
            product=product,
            stars=row.stars,
            decision=decision,
            level=decision.level if decision else "",
            official_code=row.certificate_code,
            public_code=public_code_new(),
            stated_authority=row.authority,
            stated_year=row.year,
            valid_from=None if row.proposed else row.valid_from,
            valid_until=None if row.proposed else row.valid_until,
            in_force_until=row.valid_until if verified else None,
            verified_at=now if verified else None,
            verified_by=self.by if verified else None,
            state=Certificate.State.PROPOSED if row.proposed else Certificate.State.AWARDED,
            state_since=today(),
        )

    def _change(self, row: ListedGood, verdict: Verdict) -> None:
        product = Product.objects.get(pk=verdict.good.pk) if verdict.good else None
        if product is None:
            return
        if Step.FILL_GOOD in verdict.steps:
            _fill(product, verdict)
        if Step.COMPLETE_CERTIFICATE in verdict.steps and verdict.certificate:
            paper = certificate_complete(
                certificate=product.certificates.get(pk=verdict.certificate.pk or 0),
                decision=self._decision(row),
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                official_code=row.certificate_code or None,
                by=self.by,
                reason=self.reason,
            )
            self._verify(paper)
        if Step.NUMBER_CERTIFICATE in verdict.steps and verdict.certificate:
            certificate_number(
                certificate=product.certificates.get(pk=verdict.certificate.pk or 0),
                official_code=row.certificate_code,
                by=self.by,
                reason=self.reason,
            )
        if Step.NEW_CERTIFICATE in verdict.steps and verdict.certificate:
            verdict.certificate.pk = self._award(row, product).pk

    def _award(self, row: ListedGood, product: Product) -> Certificate:
        if row.proposed:
            return certificate_propose(product=product, stars=row.stars, by=self.by, reason=self.reason)
        paper = certificate_award(
            product=product,
            stars=row.stars,
            decision=self._decision(row) if row.has_decision else None,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            official_code=row.certificate_code,
            stated_authority=row.authority,
            stated_year=row.year,
            by=self.by,
            reason=self.reason,
        )
        if row.has_decision and row.stars >= 3:
            return self._verify(paper)
        return paper

    def _verify(self, paper: Certificate) -> Certificate:
        """Let the list's decision stand for the paper, unless a second person has to look at it."""
        if is_asked_for():
            return paper
        return certificate_verify(certificate=paper, by=self.by, reason=self.reason)

    def _decision(self, row: ListedGood) -> Decision:
        key = (row.decision_number, str(row.decided_on), row.authority)
        if key not in self.decisions and row.decided_on:
            self.decisions[key] = decision_record(
                number=row.decision_number,
                decided_on=row.decided_on,
                authority=row.authority,
            )
        return self.decisions[key]


def _product(row: ListedGood, verdict: Verdict) -> Product:
    producer = verdict.producer
    return Product(
        **no_texts(Product) | {"title_vi": row.product},
        structure=Product.PARENT,
        slug=vietnamese_slug(row.product)[:255] or "san-pham",
        producer_id=producer.pk if producer else None,
        match_key=verdict.good.key[:255] if verdict.good else "",
        sector_id=row.sector,
        product_set_id=row.product_set,
        suggested_set_id=None if row.product_set else row.suggested_set,
        ocop_code=row.ocop_code or None,
        alcohol=alcohol_of_row(row),
        alcohol_strength=row.strength if row.product_set in ALCOHOL_SETS else None,
        commune_id=row.commune,
    )


def _fill(product: Product, verdict: Verdict) -> None:
    values = dict(verdict.filled)
    number = values.get("product_set_id")
    if number:
        values["alcohol"] = alcohol_of_set(number)
        values["suggested_set_id"] = None
    Product.objects.filter(pk=product.pk).update(**values)
    mark_changed([product.pk])


def _candidates(row: ListedGood) -> list[str]:
    if not row.place or row.place.commune:
        return []
    return [candidate.commune.code for candidate in row.place.candidates[:_MOST_CANDIDATES]]


def _free_codes(names: list[str]) -> list[str]:
    """Return a code for each name that no producer has: its slug, with a few letters more where it is taken."""
    slugs = [vietnamese_slug(name)[:100] or "chu-the" for name in names]
    taken = set(Partner.objects.filter(code__in=slugs).values_list("code", flat=True))
    codes = []
    for slug in slugs:
        code = slug if slug not in taken else f"{slug}-{secrets.token_hex(3)}"
        taken.add(code)
        codes.append(code)
    return codes
