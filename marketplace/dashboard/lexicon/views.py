"""The lexicon of the search: groups of synonyms, what a change would do, and who changed what."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView, View

from marketplace.audit.services import audited
from marketplace.dashboard.access import NationalAccess
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.lexicon.forms import FilterForm, GroupForm
from search.errors import SearchUnavailable
from search.lexicon.effects import Effects, effects_of
from search.lexicon.groups import Group, Kind, Language, LexiconError, Source
from search.lexicon.in_force import every_group
from search.lexicon.selectors import edits_for_list, groups_for_list, lexicon_counts
from search.lexicon.services import group_save, group_switch, key_for
from search.models import LexiconEdit, LexiconGroup

STATES = [
    ("edited", gettext_lazy("Edited here")),
    ("off", gettext_lazy("Switched off")),
    ("describes", gettext_lazy("Qualities and forms")),
]


class GroupListView(NationalAccess, ListView):
    """All groups, found by a phrase and narrowed."""

    template_name = "dashboard/lexicon/groups.html"
    context_object_name = "groups"
    paginate_by = 40

    @cached_property
    def filters(self) -> FilterForm:
        return FilterForm(
            self.request.GET,
            choices={
                "kind": list(Kind.choices),
                "language": list(Language.choices),
                "source": list(Source.choices),
                "state": STATES,
            },
        )

    def get_queryset(self) -> QuerySet[LexiconGroup]:
        chosen = self.filters.cleaned_data if self.filters.is_valid() else {}
        return groups_for_list(
            text=chosen.get("q", ""),
            kind=chosen.get("kind", ""),
            language=chosen.get("language", ""),
            source=chosen.get("source", ""),
            state=chosen.get("state", ""),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            **kwargs, filters=self.filters, counts=lexicon_counts(), query=filters_kept(self.request)
        )
        page = context["page_obj"]
        context["page_range"] = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        return context


class GroupView(NationalAccess, FormView):
    """A group's form. What a change would do is shown first; it is saved where the person then confirms."""

    form_class = GroupForm
    template_name = "dashboard/lexicon/group.html"

    def get_row(self) -> LexiconGroup | None:
        return None

    @cached_property
    def row(self) -> LexiconGroup | None:
        return self.get_row()

    @cached_property
    def everything(self) -> dict[str, Group]:
        return {group.key: group for group in every_group()}

    @property
    def group(self) -> Group | None:
        return self.everything.get(self.row.key) if self.row else None

    def get_form_kwargs(self) -> dict[str, Any]:
        own = self.row.key if self.row else ""
        others = [group for key, group in self.everything.items() if key != own]
        return {**super().get_form_kwargs(), "group": self.group, "others": others}

    def form_valid(self, form: GroupForm) -> HttpResponse:
        if "confirm" not in self.request.POST:
            effects, unknown = self._effects(form)
            return self.render_to_response(
                self.get_context_data(form=form, effects=effects, effects_unknown=unknown, confirming=True)
            )
        with audited("lexicon.saved") as event:
            saved = group_save(data=form.data_of(), by=self.request.user, group=self.row)
            event["subject"] = saved
        messages.success(
            self.request, _("Saved. Searches follow within seconds, goods as the index comes to them.")
        )
        return redirect("dashboard:lexicon-group", pk=saved.pk)

    def _effects(self, form: GroupForm) -> tuple[Effects | None, bool]:
        data = form.data_of()
        row = self.row
        key = row.key if row else key_for(data.entries, set(self.everything))
        active = row is None or row.is_active
        try:
            return effects_of(data.group(key), self.group if active else None), False
        except (SearchUnavailable, LexiconError):
            return None, True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edits: list[LexiconEdit] = list(edits_for_list(self.row)[:20]) if self.row else []
        return super().get_context_data(**kwargs, row=self.row, edits=edits)


class GroupCreateView(GroupView):
    """A new group. `?phrase=` fills in its first phrase, for a word that people search in vain."""

    def get_initial(self) -> dict[str, Any]:
        return {"same": self.request.GET.get("phrase", "")[:80]}


class GroupUpdateView(GroupView):
    """Changes a group."""

    def get_row(self) -> LexiconGroup:
        return get_object_or_404(LexiconGroup, pk=self.kwargs["pk"])


class GroupSwitchView(NationalAccess, View):
    """Switches a group off, or on again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(LexiconGroup, pk=pk)
        active = request.POST.get("active") == "1"
        with audited("lexicon.switched", row, changes={"active": [row.is_active, active]}):
            group_switch(group=row, active=active, by=self.request.user)
        messages.success(
            request, _("The group is in force again.") if active else _("The group is switched off.")
        )
        return redirect("dashboard:lexicon-group", pk=pk)


class HistoryView(NationalAccess, ListView):
    """Every edit: who, when, what, and whether the index has followed."""

    template_name = "dashboard/lexicon/history.html"
    context_object_name = "edits"
    paginate_by = 40

    def get_queryset(self) -> QuerySet[LexiconEdit]:
        return edits_for_list()
