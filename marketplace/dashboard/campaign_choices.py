"""What a draft covers, chosen by searching, by taking all that is found, or by pasting codes; all of it works without JavaScript."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View

from catalogue.pricing.selectors import prices_at
from checkout.campaigns.choice import Choosable, Kind, Line, chosen, not_chosen, shown
from checkout.campaigns.errors import CampaignError
from checkout.campaigns.models import Campaign
from checkout.campaigns.services import (
    MOST_AT_ONCE,
    campaign_choose,
    campaign_choose_codes,
    campaign_choose_found,
    campaign_unchoose,
)
from marketplace.accounts.models import StaffRole
from marketplace.audit.services import audit_record, audited
from marketplace.dashboard.access import NationalAccess

FOUND_A_PAGE = 40
CHOSEN_A_PAGE = 20
#: The longest search that is read.
MOST_TYPED = 80
LONGEST_KEY = 18
#: So many names stand for a choice on the campaign's page.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind of choice is called on its screen."""

    hint: Promise
    codes: Promise
    none: Promise


WORDS = {
    Kind.SETS: Words(
        gettext_lazy("Name or sector"),
        gettext_lazy("Numbers or names of sets, one a line"),
        gettext_lazy("No set chosen: the campaign isn't narrowed to sets."),
    ),
    Kind.PROVINCES: Words(
        gettext_lazy("Name of the province"),
        gettext_lazy("Codes or names of provinces, one a line"),
        gettext_lazy("No province chosen: the campaign isn't narrowed to provinces."),
    ),
    Kind.PRODUCERS: Words(
        gettext_lazy("Name, registration or tax number"),
        gettext_lazy("Tax numbers, registration numbers or names, one a line"),
        gettext_lazy("No producer chosen: the campaign isn't narrowed to producers."),
    ),
    Kind.GOODS: Words(
        gettext_lazy("Good, producer or OCOP code"),
        gettext_lazy("OCOP codes, certificate codes or codes of packs, one a line"),
        gettext_lazy("No good chosen by hand."),
    ),
}


class CampaignAccess(NationalAccess):
    """Campaigns concern all provinces: for admins of all of them, and for those who make campaigns."""

    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.CAMPAIGN)


class ChoiceAccess(CampaignAccess):
    """A screen of one draft and one kind of choice."""

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(Campaign, pk=self.kwargs["pk"])  # type: ignore[attr-defined]

    @cached_property
    def kind(self) -> Kind:
        try:
            return Kind(self.kwargs["kind"])  # type: ignore[attr-defined]
        except ValueError as error:
            raise Http404 from error

    @property
    def here(self) -> str:
        return reverse("dashboard:campaign-choice", kwargs={"pk": self.campaign.pk, "kind": self.kind})


class ChoiceView(ChoiceAccess, View):
    """What is chosen, what a search finds, and a field for pasted codes."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        return self.page(request.GET.get("q", "").strip()[:MOST_TYPED])

    def page(
        self, typed: str, *, pasted: str = "", unknown: list[Line] | None = None, status: int = 200
    ) -> HttpResponse:
        found = Paginator(not_chosen(self.campaign, self.kind, typed), FOUND_A_PAGE).get_page(
            self.request.GET.get("page")
        )
        covered = Paginator(chosen(self.campaign, self.kind), CHOSEN_A_PAGE).get_page(
            self.request.GET.get("chosen")
        )
        found_rows = shown(self.kind, found.object_list)
        context = {
            "desk": "staff",
            "scope": self.scope,
            "campaign": self.campaign,
            "is_draft": self.campaign.state == Campaign.State.DRAFT,
            "kind": self.kind,
            "words": WORDS[self.kind],
            "typed": typed,
            "found": found,
            "found_groups": _in_groups(found_rows),
            "may_take_all": typed and found.paginator.num_pages > 1,
            "all_found": min(found.paginator.count, MOST_AT_ONCE),
            "covered": covered,
            "covered_rows": shown(self.kind, covered.object_list),
            "query": f"{urlencode({'q': typed})}&" if typed else "",
            "pasted": pasted,
            "unknown": unknown,
        }
        return render(self.request, "dashboard/staff/campaign_choice.html", context, status=status)

    def post(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        typed = request.POST.get("q", "").strip()[:MOST_TYPED]
        try:
            with transaction.atomic():
                return self.act(request, typed)
        except CampaignError as error:
            messages.error(request, str(error))
            return redirect("dashboard:campaign", pk=pk)

    def act(self, request: HttpRequest, typed: str) -> HttpResponse:
        """Do what the pressed button says. Raises CampaignError."""
        what: dict[str, Any] = {"campaign": self.campaign, "kind": self.kind}
        keys = [key for key in request.POST.getlist("key") if is_key(key)]
        if "add" in request.POST:
            self.say_added(campaign_choose(**what, keys=keys))
        elif "add_found" in request.POST and typed:
            self.say_added(campaign_choose_found(**what, typed=typed))
        elif "remove" in request.POST:
            count = campaign_unchoose(**what, keys=keys)
            self.note({"removed": count})
            messages.success(
                request, ngettext("%(count)d taken out.", "%(count)d taken out.", count) % {"count": count}
            )
        elif "codes" in request.POST:
            count, unknown = campaign_choose_codes(**what, text=request.POST["codes"])
            if unknown:
                rest = "\n".join(line.text for line in unknown)
                if count:
                    self.say_added(count)
                return self.page(typed, pasted=rest, unknown=unknown, status=422)
            self.say_added(count)
        return redirect(f"{self.here}?{urlencode({'q': typed})}" if typed else self.here)

    def note(self, changes: dict[str, int]) -> None:
        """Note in the audit log how many were added or taken out."""
        audit_record(
            action="campaign.chosen", subject=self.campaign, changes={"kind": str(self.kind), **changes}
        )

    def say_added(self, count: int) -> None:
        """Say how many were added."""
        if count:
            self.note({"added": count})
            words = ngettext("%(count)d added to the campaign.", "%(count)d added to the campaign.", count)
            messages.success(self.request, words % {"count": count})
        else:
            messages.warning(self.request, _("Nothing was added: nothing new was chosen."))


class ChoiceClearView(ChoiceAccess, View):
    """Takes everything of one kind out of a draft, once somebody has said yes."""

    def get(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        count = chosen(self.campaign, self.kind).count()
        context = {
            "desk": "staff",
            "scope": self.scope,
            "question": _("Take all %(count)d out of %(name)s?")
            % {"count": count, "name": self.campaign.name},
            "consequence": _("%(what)s: what was chosen has to be chosen anew.") % {"what": self.kind.label},
            "action": _("Take all out"),
            "back": self.here,
        }
        return render(request, "dashboard/staff/reason.html", context)

    def post(self, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
        try:
            with audited(
                "campaign.chosen", self.campaign, changes={"kind": str(self.kind), "removed": "all"}
            ):
                campaign_unchoose(campaign=self.campaign, kind=self.kind)
        except CampaignError as error:
            messages.error(request, str(error))
            return redirect("dashboard:campaign", pk=pk)
        return redirect(self.here)


def coverage_of(campaign: Campaign) -> list[dict[str, Any]]:
    """Return each kind of choice with how many are chosen and the names of the first; two queries a kind."""
    rows = []
    for kind in Kind:
        covered = chosen(campaign, kind)
        count = covered.count()
        names = [item.name for item in shown(kind, covered[:NAMED])] if count else []
        rows.append(
            {
                "label": kind.label,
                "count": count,
                "names": names,
                "more": count - len(names),
                "none": WORDS[kind].none,
                "url": reverse("dashboard:campaign-choice", kwargs={"pk": campaign.pk, "kind": kind}),
            }
        )
    return rows


def is_key(key: str) -> bool:
    """Return whether what was posted can be a key: all of them are numbers, written with digits."""
    return key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY


def _in_groups(rows: list[Choosable]) -> list[tuple[str, list[tuple[Choosable, int | None]]]]:
    """Return the rows under their headings, each with the normal price of its lead pack (đồng); one query, none without packs."""
    packs = [row.lead_pack_id for row in rows if row.lead_pack_id]
    prices = prices_at(packs) if packs else {}
    return [
        (
            group,
            [
                (row, prices[row.lead_pack_id].normal if row.lead_pack_id in prices else None)
                for row in members
            ],
        )
        for group, members in groupby(rows, key=lambda row: row.group)
    ]
