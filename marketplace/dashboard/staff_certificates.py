"""The verification queue of certificates, and the withdrawal of one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView

from catalogue.certification.errors import CertificationError
from catalogue.certification.models import Certificate, WithdrawalGround
from catalogue.certification.services import (
    certificate_complete,
    certificate_verify,
    certificate_withdraw,
    decision_record,
)
from marketplace.accounts.models import StaffRole
from marketplace.dashboard.access import StaffAccess
from marketplace.dashboard.forms import CertificateVerifyForm

ROLES = (StaffRole.Role.ADMIN, StaffRole.Role.VERIFIER)


class WithdrawForm(forms.Form):
    """On which of the law's grounds, and what was found."""

    ground = forms.ChoiceField(label=gettext_lazy("Ground"), choices=WithdrawalGround.choices)
    reason = forms.CharField(
        label=gettext_lazy("What was found"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class CertificateAccess(StaffAccess):
    """Certificates of producers within the person's provinces."""

    staff_roles = ROLES

    def certificates(self) -> QuerySet[Certificate]:
        return Certificate.objects.filter(
            self.scope.q("product__producer__commune__province")
        ).select_related("product__producer__commune", "decision")


class CertificateQueueView(CertificateAccess, ListView):
    """Certificates that await somebody who has seen the paper."""

    template_name = "dashboard/staff/certificates.html"
    context_object_name = "certificates"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Certificate]:
        return (
            self.certificates()
            .filter(verified_at__isnull=True, state=Certificate.State.AWARDED, stars__gte=3)
            .order_by("created_at", "pk")
        )


class CertificateVerifyView(CertificateAccess, FormView):
    """Types off the paper what is missing and says that it was seen."""

    form_class = CertificateVerifyForm
    template_name = "dashboard/staff/certificate_verify.html"

    def get_certificate(self) -> Certificate:
        return get_object_or_404(self.certificates(), pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        paper = self.get_certificate()
        decision = paper.decision
        if decision is None:
            return {"authority": paper.stated_authority, "official_code": paper.official_code}
        return {
            "number": decision.number,
            "decided_on": decision.decided_on,
            "authority": decision.authority,
            "level": decision.level,
            "valid_until": paper.valid_until,
            "official_code": paper.official_code,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, certificate=self.get_certificate())

    def form_valid(self, form: CertificateVerifyForm) -> HttpResponse:
        paper, typed = self.get_certificate(), form.cleaned_data
        try:
            with transaction.atomic():
                decision = decision_record(
                    number=typed["number"],
                    decided_on=typed["decided_on"],
                    authority=typed["authority"],
                    level=typed["level"],
                )
                certificate_complete(
                    certificate=paper,
                    decision=decision,
                    by=self.request.user,
                    valid_until=typed["valid_until"],
                    official_code=typed["official_code"],
                    evidence=typed["evidence"],
                )
                certificate_verify(certificate=paper, by=self.request.user)
        except CertificationError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("%(name)s is verified.") % {"name": paper.product.get_title()})
        return redirect("dashboard:certificates")


class CertificateWithdrawView(CertificateAccess, FormView):
    """Records that the authority withdrew a certificate."""

    form_class = WithdrawForm
    template_name = "dashboard/staff/certificate_withdraw.html"

    def get_certificate(self) -> Certificate:
        return get_object_or_404(self.certificates(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, certificate=self.get_certificate())

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        paper = self.get_certificate()
        try:
            certificate_withdraw(
                certificate=paper,
                ground=form.cleaned_data["ground"],
                reason=form.cleaned_data["reason"],
                by=self.request.user,
            )
        except CertificationError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The certificate is withdrawn from today."))
        return redirect("dashboard:producer", pk=paper.product.producer_id)
