"""Seasonal campaigns: draft, preview, schedule, stop."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, FormView, ListView, View

from catalogue.models import Product, ProductSet
from catalogue.producers.models import Partner
from checkout.campaigns.errors import CampaignError
from checkout.campaigns.models import Campaign
from checkout.campaigns.preview import campaign_preview
from checkout.campaigns.selectors import campaigns_with_counts
from checkout.campaigns.services import (
    CampaignData,
    campaign_create,
    campaign_schedule,
    campaign_stop,
    campaign_update,
)
from marketplace.dashboard.access import NationalAccess
from marketplace.places.models import Province

MANY = {"class": "choices--many"}
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
    sets: forms.ModelMultipleChoiceField[ProductSet] = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Product sets"),
        queryset=ProductSet.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=MANY),
    )
    provinces = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Provinces"),
        queryset=Province.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=MANY),
    )
    producers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Producers"),
        queryset=Partner.objects.filter(seller_state=Partner.SellerState.VERIFIED).order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=MANY),
    )
    goods = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Goods by hand"),
        queryset=Product.objects.filter(structure=Product.PARENT, lead_pack__isnull=False).order_by("title"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=MANY),
    )
    legal_form = forms.CharField(label=gettext_lazy("Form of promotion"), max_length=160, required=False)
    notice_number = forms.CharField(label=gettext_lazy("Number of the notice"), max_length=80, required=False)
    concentrated_decision = forms.CharField(
        label=gettext_lazy("Decision on a concentrated programme"), max_length=120, required=False
    )

    def data_of(self) -> CampaignData:
        """Return what the campaign's services take."""
        return CampaignData(**self.cleaned_data)


class CampaignListView(NationalAccess, ListView):
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


class CampaignCreateView(NationalAccess, FormView):
    """A new draft."""

    form_class = CampaignForm
    template_name = "dashboard/staff/campaign_edit.html"

    def form_valid(self, form: CampaignForm) -> HttpResponse:
        return _saved(self, form, lambda data: campaign_create(data=data, by=self.request.user))


class CampaignUpdateView(NationalAccess, FormView):
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
        several = ("sets", "provinces", "producers", "goods")
        return {
            "name": campaign.name_vi,  # type: ignore[attr-defined]
            "name_en": campaign.name_en,  # type: ignore[attr-defined]
            "text": campaign.text_vi,  # type: ignore[attr-defined]
            "text_en": campaign.text_en,  # type: ignore[attr-defined]
            **{name: getattr(campaign, name) for name in simple},
            **{name: getattr(campaign, name).all() for name in several},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, campaign=self.get_campaign())

    def form_valid(self, form: CampaignForm) -> HttpResponse:
        campaign = self.get_campaign()
        return _saved(self, form, lambda data: campaign_update(campaign=campaign, data=data))


def _saved(view: Any, form: CampaignForm, write: Callable[[CampaignData], Campaign]) -> HttpResponse:
    try:
        campaign = write(form.data_of())
    except CampaignError as error:
        form.add_error(None, str(error))
        response: HttpResponse = view.form_invalid(form)
        return response
    messages.success(view.request, _("The draft is saved. Look at what it would do, then schedule it."))
    return redirect("dashboard:campaign", pk=campaign.pk)


class CampaignDetailView(NationalAccess, DetailView):
    """What the campaign does, or would do, to which pack."""

    model = Campaign
    template_name = "dashboard/staff/campaign.html"
    context_object_name = "campaign"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        preview = (
            campaign_preview(campaign=self.object) if self.object.state == Campaign.State.DRAFT else None
        )
        items = self.object.items.select_related("pack__parent__producer").order_by("pk")
        return super().get_context_data(
            **kwargs, preview=preview, items=items, phase=self.object.phase(timezone.now())
        )


class CampaignScheduleView(NationalAccess, View):
    """Lets a draft's prices hold from its start."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = get_object_or_404(Campaign, pk=pk)
        try:
            campaign_schedule(
                campaign=campaign, by=self.request.user, confirm_rule=request.POST.get("confirm_rule") == "on"
            )
        except CampaignError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The campaign is scheduled."))
        return redirect("dashboard:campaign", pk=pk)


class CampaignStopView(NationalAccess, View):
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
        campaign_stop(campaign=get_object_or_404(Campaign, pk=pk), by=self.request.user)
        messages.success(request, _("The campaign is stopped: the normal prices hold again."))
        return redirect("dashboard:campaign", pk=pk)
