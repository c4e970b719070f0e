"""A person's notices in the app, and how the person wants to be told."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, View

from catalogue.producers.selectors import producers_of
from marketplace.customer.notice_forms import NoticeChoicesForm
from marketplace.customer.views import Personal
from marketplace.notices.models import PersonalNotice
from marketplace.notices.personal import personal_notices_read, unread_count
from marketplace.notices.push import devices_of, public_key, push_is_offered


class NoticeListView(Personal, ListView):
    """All notices of the person, newest first; `?show=unread`: those that weren't read."""

    template_name = "customer/notices.html"
    context_object_name = "notices"
    paginate_by = 20

    @property
    def only_unread(self) -> bool:
        return self.request.GET.get("show") == "unread"

    def get_queryset(self) -> QuerySet[PersonalNotice]:
        theirs = PersonalNotice.objects.seen_by(self.request.user)
        return theirs.unread() if self.only_unread else theirs

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """Give the last page where there are fewer by now: whoever reads a notice has one unread notice less."""
        paginator = self.get_paginator(queryset, page_size)
        page = paginator.get_page(self.request.GET.get("page"))
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        here, unread = reverse("customer:notices"), unread_count(self.request.user)
        names = dict(producers_of(self.request.user).values_list("pk", "name"))
        for notice in context["notices"]:
            notice.producer = names.get(notice.producer_id, "")
        context.update(
            unread=unread,
            only_unread=self.only_unread,
            query="show=unread&" if self.only_unread else "",
            tabs=[
                {"label": _("All"), "url": here, "current": not self.only_unread},
                {
                    "label": _("Unread"),
                    "url": f"{here}?show=unread",
                    "current": self.only_unread,
                    "count": unread,
                },
            ],
        )
        return context


class NoticeCountView(Personal, View):
    """How many are unread, for the bell of the workplace: a small request of its own, so that no page waits for it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(unread_count(self.request.user) or "", content_type="text/plain; charset=utf-8")


class NoticeView(Personal, View):
    """Leads to where the notice is acted on; it counts as read from then on. Sent, the form only marks it as read."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect(self._read(pk).url)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._read(pk)
        return redirect("customer:notices")

    def _read(self, pk: int) -> PersonalNotice:
        notice = get_object_or_404(PersonalNotice.objects.seen_by(self.request.user), pk=pk)
        personal_notices_read(person=self.request.user, pk=notice.pk)
        return notice


class NoticesReadView(Personal, View):
    """Marks all as read."""

    def post(self, request: HttpRequest) -> HttpResponse:
        personal_notices_read(person=self.request.user)
        return redirect("customer:notices")


class NoticeChoicesView(Personal, FormView):
    """Group by group: at once, once a day, or in the app only."""

    form_class = NoticeChoicesForm
    template_name = "customer/notice_choices.html"
    success_url = reverse_lazy("customer:notice-choices")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if push_is_offered():
            kwargs.update(push_key=public_key(), devices=devices_of(self.request.user))
        return super().get_context_data(**kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.request.user}

    def form_valid(self, form: NoticeChoicesForm) -> HttpResponse:
        form.save()
        messages.success(self.request, _("It is kept: this is how we tell you from now on."))
        return super().form_valid(form)
