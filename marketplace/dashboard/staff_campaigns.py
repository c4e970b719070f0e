"""Seasonal campaigns: draft, preview, schedule, stop."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, FormView, ListView, View

from checkout.campaigns.errors import CampaignError
from checkout.campaigns.models import Campaign
from checkout.campaigns.preview import Preview, campaign_preview
from checkout.campaigns.selectors import campaigns_with_counts
from checkout.campaigns.services import (
    CampaignData,
    campaign_create,
    campaign_rehearse,
    campaign_schedule,
    campaign_stop,
    campaign_update,
)
from marketplace.audit.services import audited
from marketplace.dashboard.campaign_choices import CampaignAccess, coverage_of

#: Packs of a preview or a campaign on one page.
PACKS_A_PAGE = 50
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class CampaignForm(forms.Form):
    """What an admin fills in; moments are Vietnam time."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120, required=False)
    text = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    text_en = forms.CharField(
        label=gettext_lazy("Text in English"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    starts_at = forms.DateTimeField(label=gettext_lazy("Starts (Vietnam time)"), widget=MOMENT)
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Ends (Vietnam time)"),
        widget=MOMENT,
        help_text=gettext_lazy("From this moment on the normal price holds again."),
    )
    percent = forms.IntegerField(
        label=gettext_lazy("Percentage off"), min_value=1, max_value=99, required=False
    )
    price = forms.IntegerField(label=gettext_lazy("Or one price (đồng)"), min_value=1000, required=False)
    legal_form = forms.CharField(label=gettext_lazy("Form of promotion"), max_length=160, required=False)
    notice_number = forms.CharField(label=gettext_lazy("Number of the notice"), max_length=80, required=False)
    concentrated_decision = forms.CharField(
        label=gettext_lazy("Decision on a concentrated programme"), max_length=120, required=False
    )

    def data_of(self) -> CampaignData:
        """Return what the campaign's services take."""
        return CampaignData(**self.cleaned_data)


class CampaignListView(CampaignAccess, ListView):
    """All campaigns, those that run first."""

    template_name = "dashboard/staff/campaigns.html"
    context_object_name = "campaigns"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Campaign]:
        return campaigns_with_counts().order_by("-starts_at")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        now = timezone.now()
        context["rows"] = [(campaign, campaign.phase(now)) for campaign in context["campaigns"]]
        return context


class CampaignCreateView(CampaignAccess, FormView):
    """A new draft."""

    form_class = CampaignForm
    template_name = "dashboard/staff/campaign_edit.html"

    def form_valid(self, form: CampaignForm) -> HttpResponse:
        return _saved(
            self, form, "campaign.created", lambda data: campaign_create(data=data, by=self.request.user)
        )


class CampaignUpdateView(CampaignAccess, FormView):
    """Changes a draft."""

    form_class = CampaignForm
    template_name = "dashboard/staff/campaign_edit.html"

    def get_campaign(self) -> Campaign:
        return get_object_or_404(Campaign, pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        campaign = self.get_campaign()
        simple = (
            "starts_at",
            "ends_at",
            "percent",
            "price",
            "legal_form",
            "notice_number",
            "concentrated_decision",
        )
        return {
            "name": campaign.name_vi,  # type: ignore[attr-defined]
            "name_en": campaign.name_en,  # type: ignore[attr-defined]
            "text": campaign.text_vi,  # type: ignore[attr-defined]
            "text_en": campaign.text_en,  # type: ignore[attr-defined]
            **{name: getattr(campaign, name) for name in simple},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign = self.get_campaign()
        if campaign.state != Campaign.State.DRAFT:
            kwargs["is_closed"] = True
        return super().get_context_data(**kwargs, campaign=campaign)

    def form_valid(self, form: CampaignForm) -> HttpResponse:
        campaign = self.get_campaign()
        if "preview" in self.request.POST:
            return self.rehearse(campaign, form)
        return _saved(
            self, form, "campaign.edited", lambda data: campaign_update(campaign=campaign, data=data)
        )

    def rehearse(self, campaign: Campaign, form: CampaignForm) -> HttpResponse:
        """Show what the campaign would do as it is typed; nothing is saved."""
        try:
            preview = campaign_rehearse(campaign=campaign, data=form.data_of())
        except CampaignError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        return self.render_to_response(
            self.get_context_data(form=form, **preview_context(preview, self.request))
        )


def _saved(
    view: Any, form: CampaignForm, action: str, write: Callable[[CampaignData], Campaign]
) -> HttpResponse:
    try:
        with audited(action) as event:
            campaign = write(form.data_of())
            event |= {"subject": campaign, "changes": {"fields": sorted(form.changed_data)}}
    except CampaignError as error:
        form.add_error(None, str(error))
        response: HttpResponse = view.form_invalid(form)
        return response
    messages.success(
        view.request,
        _("The draft is saved. Choose what it covers, look at what it would do, then schedule it."),
    )
    return redirect("dashboard:campaign", pk=campaign.pk)


class CampaignDetailView(CampaignAccess, DetailView):
    """What the campaign does, or would do, to which pack."""

    model = Campaign
    template_name = "dashboard/staff/campaign.html"
    context_object_name = "campaign"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        campaign, now = self.object, timezone.now()
        is_draft = campaign.state == Campaign.State.DRAFT
        if is_draft:
            shown = preview_context(campaign_preview(campaign=campaign), self.request)
        else:
            items = campaign.items.select_related("pack__parent__producer").order_by("pk")
            shown = {"items": Paginator(items, PACKS_A_PAGE).get_page(self.request.GET.get("page"))}
        return super().get_context_data(
            **kwargs,
            **shown,
            is_draft=is_draft,
            phase=campaign.phase(now),
            begins_late=is_draft and campaign.starts_at < now,
            is_over=is_draft and campaign.ends_at <= now,
            coverage=coverage_of(campaign),
        )


def preview_context(preview: Preview, request: HttpRequest) -> dict[str, Any]:
    """Return a preview as its page shows it: the packs that take part or those that don't, a page of them, and how many of each."""
    refused = request.GET.get("show") == "refused"
    items = preview.refused if refused else preview.included
    return {
        "preview": preview,
        "preview_page": Paginator(items, PACKS_A_PAGE).get_page(request.GET.get("page")),
        "preview_query": "show=refused&" if refused else "",
        "preview_tabs": [
            {
                "label": _("Take part"),
                "url": "?",
                "current": not refused,
                "count": len(preview.included),
            },
            {
                "label": _("Keep their price"),
                "url": "?show=refused",
                "current": refused,
                "count": len(preview.refused),
            },
        ],
    }


class CampaignScheduleView(CampaignAccess, View):
    """Lets a draft's prices hold from its start."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = get_object_or_404(Campaign, pk=pk)
        try:
            with audited("campaign.scheduled", campaign):
                campaign_schedule(
                    campaign=campaign,
                    by=self.request.user,
                    confirm_rule=request.POST.get("confirm_rule") == "on",
                )
        except CampaignError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The campaign is scheduled."))
        return redirect("dashboard:campaign", pk=pk)


class CampaignStopView(CampaignAccess, View):
    """Ends a campaign before its time, once somebody has said yes."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = get_object_or_404(Campaign, pk=pk)
        context = {
            "desk": "staff",
            "scope": self.scope,
            "question": _("Stop %(name)s now?") % {"name": campaign.name},
            "consequence": _(
                "The normal prices hold again at once. A stopped campaign cannot be started again."
            ),
            "action": _("Stop the campaign"),
            "back": reverse("dashboard:campaign", kwargs={"pk": pk}),
        }
        return render(request, "dashboard/staff/reason.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = get_object_or_404(Campaign, pk=pk)
        with audited("campaign.stopped", campaign):
            campaign_stop(campaign=campaign, by=self.request.user)
        messages.success(request, _("The campaign is stopped: the normal prices hold again."))
        return redirect("dashboard:campaign", pk=pk)
