"""A producer's talks with buyers about orders: its own alone, for whoever fulfils orders."""

from typing import Any, ClassVar

from allauth.core import ratelimit
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import ListView, View

from catalogue.errors import PictureRefused
from catalogue.producers.selectors import MAY_FULFIL
from checkout.aftersale.models import Side
from checkout.aftersale.views import picture_response
from checkout.messages.errors import MessageRefused
from checkout.messages.forms import MessageReportForm, TalkForm
from checkout.messages.models import Message, MessagePicture
from checkout.messages.selectors import messages_of, talks_of, unread_counts
from checkout.messages.services import message_report, message_send, messages_read
from checkout.messages.talk import talk_of
from checkout.order.models import Consignment
from marketplace.audit.services import audited
from marketplace.dashboard.access import ProducerAccess
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.questions.saved import SavedWords


class OwnTalks(ProducerAccess):
    """The producer's consignments of confirmed orders, and what was said about them."""

    member_roles: ClassVar[tuple[str, ...]] = MAY_FULFIL

    def consignments(self) -> QuerySet[Consignment]:
        return Consignment.objects.filter(producer=self.producer, order__confirmed_at__isnull=False)

    def address(self, consignment: Consignment) -> str:
        """Return the address of a talk."""
        return reverse("dashboard:own-talk", kwargs={"producer_pk": self.producer.pk, "pk": consignment.pk})


class OwnTalkListView(OwnTalks, ListView):
    """What nobody has opened first, then by the last word."""

    template_name = "dashboard/messages/own.html"
    context_object_name = "talks"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Consignment]:
        return talks_of(self.producer.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs, query=filters_kept(self.request))
        talks = list(context["talks"])
        last = Message.objects.in_bulk([talk.last_message for talk in talks])
        unread = unread_counts(talks, side=Side.PRODUCER)
        return {
            **context,
            "rows": [(talk, last[talk.last_message], unread.get(talk.pk, 0)) for talk in talks],
        }


class OwnTalkView(OwnTalks, SavedWords, View):
    """One talk and the field for more; a saved answer can be put into the field first."""

    def get(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        return self._page(TalkForm(use_required_attribute=False))

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        if (words := self.words_with_saved()) is not None:
            return self._page(TalkForm(initial={"text": words}, use_required_attribute=False))
        form = TalkForm(request.POST, request.FILES, use_required_attribute=False)
        consignment = self._consignment()
        if not form.is_valid():
            return self._page(form, status=422)
        if not ratelimit.consume(request, action="write_message", key=f"{consignment.number}-producer"):
            form.add_error(None, _("You have written a lot just now. Please try again in an hour."))
            return self._page(form, status=429)
        try:
            with audited("message.sent", consignment):
                message_send(
                    consignment_id=consignment.pk,
                    side=Side.PRODUCER,
                    author=request.user,
                    **form.cleaned_data,
                )
        except (MessageRefused, PictureRefused) as refused:
            form.add_error(
                "pictures" if isinstance(refused, PictureRefused) else "text", str(refused.message)
            )
            return self._page(form, status=422)
        messages.success(request, _("Sent. The buyer is told."))
        return redirect(self.address(consignment))

    def _consignment(self) -> Consignment:
        found = self.consignments().select_related("order").prefetch_related("events")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def _page(self, form: TalkForm, *, status: int = 200) -> HttpResponse:
        consignment = self._consignment()
        said, talk = list(messages_of(consignment)), talk_of(consignment)
        messages_read(said, by_side=Side.PRODUCER)
        where = {"producer_pk": self.producer.pk}
        case = {"pk": talk.case.pk} if talk.case else None
        context = {
            "producer": self.producer,
            "desk": "producer",
            "consignment": consignment,
            "said": said,
            "talk": talk,
            "case_url": reverse("dashboard:own-case", kwargs={**where, **case}) if case else "",
            "form": form,
            "side": Side.PRODUCER,
            "saved_answers": self.producer.saved_answers.all(),
            "file_lost": bool(self.request.FILES),
            # Without the number of a picture or a message, which the page adds.
            "pictures_base": reverse("dashboard:own-talk-picture", kwargs={**where, "pk": 0}).removesuffix(
                "0/"
            ),
            "report_base": reverse("dashboard:own-message-report", kwargs={**where, "pk": 0}).removesuffix(
                "0/"
            ),
        }
        return render(self.request, "dashboard/messages/talk.html", context, status=status)


class OwnMessageReportView(OwnTalks, View):
    """Asks the programme to look at a message of the buyer."""

    def get(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        return self._page(MessageReportForm())

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        form = MessageReportForm(request.POST)
        message = self._message()
        if not form.is_valid():
            return self._page(form, status=422)
        with audited("message.reported", message.consignment):
            message_report(message=message, reporter=request.user, **form.cleaned_data)
        messages.success(
            request, _("The OCOP programme looks at it, and may read this talk until it has decided.")
        )
        return redirect(self.address(message.consignment))

    def _message(self) -> Message:
        found = Message.objects.filter(
            consignment__in=self.consignments(), side=Side.BUYER, hidden_ground=""
        ).select_related("consignment")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def _page(self, form: MessageReportForm, *, status: int = 200) -> HttpResponse:
        message = self._message()
        context = {
            "producer": self.producer,
            "desk": "producer",
            "message": message,
            "form": form,
            "back": self.address(message.consignment),
        }
        return render(self.request, "dashboard/messages/report.html", context, status=status)


class OwnTalkPictureView(OwnTalks, View):
    """A picture of one of the producer's talks."""

    def get(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponseBase:
        pictures = MessagePicture.objects.filter(
            message__consignment__in=self.consignments(), message__hidden_ground=""
        )
        return picture_response(get_object_or_404(pictures, pk=pk))
