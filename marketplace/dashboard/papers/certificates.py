"""Certificates: the queue of those to verify, each one's page with its history, and what may happen to it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, FormView, ListView

from catalogue.certification.decisions import decision_record
from catalogue.certification.models import FEWEST_CERTIFIED_STARS, Certificate
from catalogue.certification.outlook import outlook
from catalogue.certification.programme import rule_book
from catalogue.certification.requirements import check_verifiable
from catalogue.certification.second_person import (
    is_asked_for,
    needs_somebody_else,
    recorders,
    why_somebody_else,
)
from catalogue.certification.services import (
    certificate_complete,
    certificate_evidence_set,
    certificate_extend,
    certificate_verify,
    certificate_withdraw,
)
from catalogue.certification.terms import standing_on
from marketplace.audit.services import audited
from marketplace.clock import today
from marketplace.dashboard.access import may_open
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.papers.access import DECIDE, OneCertificate, PaperAccess
from marketplace.dashboard.papers.change import ChangeView, outlook_lines
from marketplace.dashboard.papers.forms import EvidenceForm, ExtendForm, PaperForm, WithdrawForm
from marketplace.dashboard.papers.history import history_lines
from marketplace.folding import names_like

#: What the list can be narrowed to; the first is what waits for a person.
SHOWN = {
    "verify": gettext_lazy("To verify"),
    "proposed": gettext_lazy("Proposed"),
    "in_force": gettext_lazy("In force"),
    "ending": gettext_lazy("Ending soon"),
    "over": gettext_lazy("Over"),
}


def narrowed_to() -> dict[str, Q]:
    """Return the condition of each entry of `SHOWN` today; *ending soon*: within the window in which re-recognition is filed."""
    day, state = today(), Certificate.State
    counts = Q(verified_at__isnull=False, valid_from__lte=day, in_force_until__gte=day) & ~Q(
        state=state.PROPOSED
    )
    window = timedelta(days=rule_book().recognition_on(day).filing_opens_days)
    return {
        "verify": Q(verified_at__isnull=True, state=state.AWARDED, stars__gte=FEWEST_CERTIFIED_STARS),
        "proposed": Q(state=state.PROPOSED, stars__gte=FEWEST_CERTIFIED_STARS),
        "in_force": counts,
        "ending": counts & Q(in_force_until__lte=day + window),
        "over": Q(in_force_until__lt=day) | Q(state=state.WITHDRAWN),
    }


class CertificateListView(PaperAccess, ListView):
    """Certificates that await somebody who has seen the paper; the others behind tabs."""

    template_name = "dashboard/papers/certificates.html"
    context_object_name = "certificates"
    paginate_by = 30

    @property
    def shown(self) -> str:
        asked = self.request.GET.get("show", "")
        return asked if asked in SHOWN else "verify"

    def found(self) -> QuerySet[Certificate]:
        found = self.certificates()
        if words := self.request.GET.get("q", "").strip()[:80]:
            found = found.filter(
                names_like(words, "product__title_vi", "product__title_en", "product__producer__name")
                | Q(official_code__iexact=words)
                | Q(decision__number__istartswith=words)
            )
        return found

    def get_queryset(self) -> QuerySet[Certificate]:
        order = ("in_force_until", "pk") if self.shown == "ending" else ("created_at", "pk")
        return self.found().filter(narrowed_to()[self.shown]).order_by(*order)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        counts = self.found().aggregate(**{name: Count("pk", filter=q) for name, q in narrowed_to().items()})
        words = self.request.GET.get("q", "")
        context["tabs"] = [
            {
                "label": label,
                "url": f"?show={name}" + (f"&{urlencode({'q': words})}" if words else ""),
                "current": name == self.shown,
                "count": counts[name],
            }
            for name, label in SHOWN.items()
        ]
        context["rows"] = [(paper, standing_on(paper, today())) for paper in context["certificates"]]
        return {**context, "shown": self.shown, "query": filters_kept(self.request)}


class CertificateDetailView(PaperAccess, DetailView):
    """What one certificate says, what it means for the shop, what happened to it and what may be done."""

    template_name = "dashboard/papers/certificate.html"
    context_object_name = "certificate"

    def get_queryset(self) -> QuerySet[Certificate]:
        return self.certificates().select_related("verified_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper: Certificate = self.object
        may_change = may_open(self.request.user, "certificate-verify")
        waits = may_change and paper.state == Certificate.State.AWARDED and paper.verified_at is None
        return super().get_context_data(
            **kwargs,
            recorded_by=recorders(paper),
            why_not=why_somebody_else(paper)
            if waits and needs_somebody_else(paper, self.request.user)
            else "",
            good=paper.product,
            standing=standing_on(paper, today()),
            now=outlook_lines(outlook(paper.product_id, on=today())),
            history=history_lines(paper.events.select_related("actor")),
            evidence=paper.evidence,
            may_change=may_change,
            may_decide=may_change and is_proposal(paper),
            may_verify=waits,
            may_withdraw=may_change
            and paper.state in {Certificate.State.AWARDED, Certificate.State.SUPERSEDED}
            and (paper.in_force_until is None or paper.in_force_until >= today()),
            may_extend=may_change and may_extend(paper),
        )


def is_proposal(paper: Certificate) -> bool:
    """Return whether an authority has yet to decide; fewer than 3 stars are a council's result that nobody awards."""
    return paper.state == Certificate.State.PROPOSED and paper.stars >= FEWEST_CERTIFIED_STARS


def may_extend(paper: Certificate) -> bool:
    """Return whether the transitional rule could keep this certificate: its filing window has opened, its last day lies ahead."""
    if paper.state != Certificate.State.AWARDED or not paper.verified_at or not paper.valid_until:
        return False
    terms, day = rule_book().recognition_on(today()), today()
    latest = paper.valid_until + timedelta(days=terms.transitional_days)
    return (
        terms.transitional_days > 0
        and paper.valid_until - timedelta(days=terms.filing_opens_days) <= day <= latest
    )


class CertificateChange(OneCertificate, ChangeView):
    """A change of one certificate; leads back to its page."""

    staff_roles = DECIDE

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, certificate=self.certificate)

    def get_success_url(self) -> str:
        return reverse("dashboard:certificate", kwargs={"pk": self.certificate.pk})


class CertificateVerifyView(CertificateChange):
    """Types off the paper what is missing, puts right what a list said otherwise, and says that it was seen."""

    form_class = PaperForm
    title = gettext_lazy("Check the paper")
    consequence = gettext_lazy(
        "Type what the decision says. Once verified, the good is shown while the certificate is in force."
    )
    verified = False

    @property
    def audit_action(self) -> str:  # type: ignore[override]
        return "certificate.verified" if self.verified else "certificate.recorded"

    @property
    def is_for_somebody_else(self) -> bool:
        """Return whether the person may put right what was typed, while somebody else has to verify it."""
        return needs_somebody_else(self.certificate, self.request.user)

    @property
    def action(self) -> str:  # type: ignore[override]
        if self.is_for_somebody_else:
            return _("Save what the paper says")
        return _("I have seen the paper: verify")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.is_for_somebody_else:
            kwargs["problem"] = why_somebody_else(self.certificate)
        elif is_asked_for():
            kwargs["problem"] = _(
                "Verify what you find unchanged. Whoever changes anything here counts as having typed it: then one more person has to verify it."
            )
        return super().get_context_data(**kwargs)

    def get_initial(self) -> dict[str, Any]:
        paper = self.certificate
        known = {"stars": paper.stars, "score": paper.score, "official_code": paper.official_code}
        decision = paper.decision
        if decision is None:
            return {**known, "authority": paper.stated_authority, "level": "province"}
        return {
            **known,
            "number": decision.number,
            "decided_on": decision.decided_on,
            "authority": decision.authority,
            "level": decision.level,
            "valid_from": paper.valid_from,
            "valid_until": paper.valid_until,
        }

    def preview_on_opening(self) -> dict[str, Any] | None:
        if self.certificate.decision is None or self.certificate.verified_at:
            return None
        return {**dict.fromkeys(PaperForm.base_fields), **self.get_initial()}

    @transaction.atomic
    def write(self, typed: dict[str, Any]) -> Certificate:
        paper = self._complete(typed)
        self.verified = not needs_somebody_else(paper, self.request.user)
        if not self.verified:
            check_verifiable(paper)
            return paper
        return certificate_verify(certificate=paper, by=self.request.user)

    def preview(self, typed: dict[str, Any]) -> Certificate:
        """Look past the verification, whoever has to do it."""
        return certificate_verify(certificate=self._complete(typed), by=self.request.user, is_rehearsal=True)

    def _complete(self, typed: dict[str, Any]) -> Certificate:
        decision = decision_record(
            number=typed["number"],
            decided_on=typed["decided_on"],
            authority=typed["authority"],
            level=typed["level"],
        )
        return certificate_complete(
            certificate=self.certificate,
            decision=decision,
            by=self.request.user,
            stars=typed["stars"],
            score=typed["score"],
            valid_from=typed["valid_from"],
            valid_until=typed["valid_until"],
            official_code=typed["official_code"] or "",
            evidence=typed["evidence"],
        )

    def get_success_url(self) -> str:
        return reverse("dashboard:certificates")

    def done_message(self, made: Certificate) -> str:
        if not self.verified:
            return _("What the paper says is saved. %(why)s") % {"why": why_somebody_else(made)}
        return _("%(name)s is verified.") % {"name": self.good.get_title()}


class CertificateExtendView(CertificateChange):
    """Keeps a certificate in force past its end, while the authority decides."""

    audit_action = "certificate.extended"
    form_class = ExtendForm
    title = gettext_lazy("Extend by the transitional rule")
    action = gettext_lazy("Extend")

    @property
    def consequence(self) -> str:  # type: ignore[override]
        terms = rule_book().recognition_on(today())
        return _(
            "Only where the filing window could not be met, while the authority decides: at most %(days)d days past the end (%(source)s)."
        ) % {"days": terms.transitional_days, "source": terms.legal_source}

    def get_initial(self) -> dict[str, Any]:
        last_day = self.certificate.valid_until
        days = rule_book().recognition_on(today()).transitional_days
        return {"until": last_day + timedelta(days=days)} if last_day and days else {}

    def preview_on_opening(self) -> dict[str, Any] | None:
        initial = self.get_initial()
        return {**initial, "reason": "…"} if initial else None

    def write(self, typed: dict[str, Any]) -> Certificate:
        return certificate_extend(
            certificate=self.certificate, until=typed["until"], by=self.request.user, reason=typed["reason"]
        )

    def done_message(self, made: Certificate) -> str:
        return _("The certificate is in force until %(day)s.") % {"day": f"{made.in_force_until:%d/%m/%Y}"}


class CertificateWithdrawView(CertificateChange):
    """Records that the authority withdrew a certificate."""

    audit_action = "certificate.withdrawn"
    form_class = WithdrawForm
    title = gettext_lazy("Withdrawn by the authority")
    consequence = gettext_lazy("Record only what the authority has decided.")
    action = gettext_lazy("Record the withdrawal")
    is_danger = True

    def preview_on_opening(self) -> dict[str, Any] | None:
        return {"ground": "other_findings", "reason": "", "on": None}

    def write(self, typed: dict[str, Any]) -> Certificate:
        return certificate_withdraw(
            certificate=self.certificate,
            ground=typed["ground"],
            reason=typed["reason"],
            by=self.request.user,
            on=typed["on"],
        )

    def done_message(self, made: Certificate) -> str:
        return _("The certificate is withdrawn from %(day)s on.") % {"day": f"{made.state_since:%d/%m/%Y}"}


class CertificateEvidenceView(OneCertificate, FormView):
    """Takes a scan of the paper."""

    staff_roles = DECIDE
    form_class = EvidenceForm
    template_name = "dashboard/papers/evidence.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, certificate=self.certificate, good=self.good)

    def form_valid(self, form: EvidenceForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        with audited("certificate.evidence", self.certificate, words=self.good.title, reason=reason):
            certificate_evidence_set(
                certificate=self.certificate,
                evidence=form.cleaned_data["evidence"],
                by=self.request.user,
                reason=reason,
            )
        messages.success(self.request, _("The scan is kept with the certificate."))
        return redirect("dashboard:certificate", pk=self.certificate.pk)
