"""Certificates that are recorded by hand: what a council proposes, what an authority awards, what came to nothing."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.certification.decisions import decision_record
from catalogue.certification.models import FEWEST_CERTIFIED_STARS, Certificate
from catalogue.certification.requirements import check_verifiable
from catalogue.certification.second_person import needs_somebody_else, why_somebody_else
from catalogue.certification.services import (
    certificate_award,
    certificate_propose,
    certificate_verify,
    proposal_close,
)
from marketplace.dashboard.papers.access import DECIDE, OneCertificate, OneGood
from marketplace.dashboard.papers.change import ChangeView
from marketplace.dashboard.papers.forms import CloseForm, PaperForm, ProposalForm


class GoodChange(OneGood, ChangeView):
    """A change of one good's papers; leads back to the good's page."""

    staff_roles: tuple[str, ...] = DECIDE

    def get_success_url(self) -> str:
        return reverse("dashboard:good", kwargs={"pk": self.good.pk})


class AwardView(GoodChange):
    """Records a certificate off its decision. It counts once somebody has verified it against the paper."""

    audit_action = "certificate.recorded"
    form_class = PaperForm
    title = gettext_lazy("Record a certificate")
    consequence = gettext_lazy(
        "Type what the decision says. The certificate counts for nothing until it is verified, which is the next step."
    )
    action = gettext_lazy("Record the certificate")
    made: Certificate | None = None

    def get_initial(self) -> dict[str, Any]:
        """Begin with what is proposed, where something is."""
        proposal = (
            self.good.certificates.filter(state=Certificate.State.PROPOSED, stars__gte=FEWEST_CERTIFIED_STARS)
            .order_by("-created_at")
            .first()
        )
        level = "ministry" if proposal and proposal.stars == 5 else "province"
        return (
            {"stars": proposal.stars, "score": proposal.score, "level": level}
            if proposal
            else {"level": level}
        )

    @transaction.atomic
    def write(self, typed: dict[str, Any]) -> Certificate:
        decision = decision_record(
            number=typed["number"],
            decided_on=typed["decided_on"],
            authority=typed["authority"],
            level=typed["level"],
        )
        paper = certificate_award(
            product=self.good,
            stars=typed["stars"],
            score=typed["score"],
            decision=decision,
            by=self.request.user,
            valid_from=typed["valid_from"],
            valid_until=typed["valid_until"],
            official_code=typed["official_code"],
            evidence=typed["evidence"] or "",
        )
        check_verifiable(paper)
        with transaction.atomic():  # what the verification would refuse is better said now
            certificate_verify(certificate=paper, by=self.request.user, is_rehearsal=True)
            transaction.set_rollback(True)
        self.made = paper
        return paper

    def preview(self, typed: dict[str, Any]) -> Certificate:
        """Look past the verification, for only then anything changes."""
        return certificate_verify(certificate=self.write(typed), by=self.request.user, is_rehearsal=True)

    def get_success_url(self) -> str:
        if self.made is None or not Certificate.objects.filter(pk=self.made.pk).exists():
            return super().get_success_url()
        step = "certificate" if needs_somebody_else(self.made, self.request.user) else "certificate-verify"
        return reverse(f"dashboard:{step}", kwargs={"pk": self.made.pk})

    def done_message(self, made: Certificate) -> str:
        if needs_somebody_else(made, self.request.user):
            return _("The certificate is recorded. %(why)s") % {"why": why_somebody_else(made)}
        return _("The certificate is recorded. Now check it against the paper once more, then verify it.")


class ProposeView(GoodChange):
    """Records what a council proposes. What the good holds doesn't change, and nobody is shown the proposed stars."""

    audit_action = "certificate.proposed"
    form_class = ProposalForm
    title = gettext_lazy("Record a proposal")
    consequence = gettext_lazy(
        "Until the authority decides, the product holds what it held before. Proposed stars are never shown in the shop."
    )
    action = gettext_lazy("Record the proposal")

    def write(self, typed: dict[str, Any]) -> Certificate:
        return certificate_propose(
            product=self.good,
            stars=typed["stars"],
            score=typed["score"],
            by=self.request.user,
            reason=typed["reason"],
        )

    def done_message(self, made: Certificate) -> str:
        return _("The proposal is recorded.")


class ProposalCloseView(OneCertificate, ChangeView):
    """Closes a proposal that came to nothing."""

    staff_roles = DECIDE
    audit_action = "certificate.closed"
    form_class = CloseForm
    title = gettext_lazy("Close the proposal without an award")
    consequence = gettext_lazy("What the product holds doesn't change.")
    action = gettext_lazy("Close the proposal")
    is_danger = True

    def write(self, typed: dict[str, Any]) -> Certificate:
        return proposal_close(certificate=self.certificate, by=self.request.user, reason=typed["reason"])

    def get_success_url(self) -> str:
        return reverse("dashboard:certificate", kwargs={"pk": self.certificate.pk})

    def done_message(self, made: Certificate) -> str:
        return _("The proposal is closed.")
