"""A buyer's talks with producers, under the signed address of the order: nobody has to sign in."""

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from catalogue.errors import PictureRefused
from checkout.aftersale.links import case_path
from checkout.aftersale.models import Side
from checkout.aftersale.views import OfOrder, picture_response
from checkout.messages.errors import MessageRefused
from checkout.messages.forms import MessageReportForm, TalkForm
from checkout.messages.links import talk_path
from checkout.messages.models import Message, MessagePicture
from checkout.messages.selectors import messages_of
from checkout.messages.services import message_report, message_send, messages_read
from checkout.messages.talk import talk_of
from checkout.order.links import order_path
from checkout.order.models import Consignment, Order


class OfConfirmedOrder(OfOrder):
    """A page of a talk: there is none before the producer is told of the order."""

    def is_open(self, order: Order) -> bool:
        return order.confirmed_at is not None

    def consignment(self) -> Consignment:
        for consignment in self.order.consignments.all():
            if consignment.pk == self.kwargs["consignment"]:
                consignment.order = self.order
                return consignment
        raise Http404


@method_decorator(never_cache, name="dispatch")
class TalkView(OfConfirmedOrder):
    """What was said about one parcel, and the field for more."""

    def get(self, request: HttpRequest, token: str, consignment: int) -> HttpResponse:
        return self._page(TalkForm(use_required_attribute=False))

    def post(self, request: HttpRequest, token: str, consignment: int) -> HttpResponse:
        form = TalkForm(request.POST, request.FILES, use_required_attribute=False)
        parcel = self.consignment()
        if not form.is_valid():
            return self._page(form, status=422)
        if not ratelimit.consume(request, action="write_message", key=parcel.number):
            form.add_error(None, _("You have written a lot just now. Please try again in an hour."))
            return self._page(form, status=429)
        try:
            message_send(consignment_id=parcel.pk, side=Side.BUYER, **form.cleaned_data)
        except (MessageRefused, PictureRefused) as refused:
            form.add_error(
                "pictures" if isinstance(refused, PictureRefused) else "text", str(refused.message)
            )
            return self._page(form, status=422)
        messages.success(request, _("Sent. The producer is told."))
        return redirect(talk_path(parcel))

    def _page(self, form: TalkForm, *, status: int = 200) -> HttpResponse:
        parcel = self.consignment()
        said, talk, token = list(messages_of(parcel)), talk_of(parcel), self.kwargs["token"]
        messages_read(said, by_side=Side.BUYER)
        context = {
            "order": self.order,
            "consignment": parcel,
            "said": said,
            "talk": talk,
            "case_url": case_path(talk.case) if talk.case else "",
            "form": form,
            "side": Side.BUYER,
            "file_lost": bool(self.request.FILES),
            # Without the number of a picture or a message, which the page adds.
            "pictures_base": reverse("order-messages:picture", args=[token, 0]).removesuffix("0/"),
            "report_base": reverse("order-messages:report", args=[token, 0]).removesuffix("0/"),
            "back": order_path(self.order),
        }
        return render(self.request, "messages/talk.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
class TalkReportView(OfConfirmedOrder):
    """Asks the programme to look at a message of the producer."""

    def get(self, request: HttpRequest, token: str, pk: int) -> HttpResponse:
        return self._page(MessageReportForm())

    def post(self, request: HttpRequest, token: str, pk: int) -> HttpResponse:
        form = MessageReportForm(request.POST)
        message = self._message()
        if not form.is_valid():
            return self._page(form, status=422)
        if not ratelimit.consume(request, action="report_talk"):
            form.add_error(None, _("You have reported a lot just now. Please try again in an hour."))
            return self._page(form, status=429)
        message_report(message=message, **form.cleaned_data)
        messages.success(
            request, _("The OCOP programme looks at it, and may read this talk until it has decided.")
        )
        return redirect(talk_path(message.consignment))

    def _message(self) -> Message:
        found: Message = get_object_or_404(
            Message.objects.select_related("consignment__order"),
            pk=self.kwargs["pk"],
            consignment__order=self.order,
            side=Side.PRODUCER,
            hidden_ground="",
        )
        return found

    def _page(self, form: MessageReportForm, *, status: int = 200) -> HttpResponse:
        message = self._message()
        context = {"message": message, "form": form, "back": talk_path(message.consignment)}
        return render(self.request, "messages/report.html", context, status=status)


class TalkPictureView(OfConfirmedOrder):
    """A picture of one of the order's talks."""

    def get(self, request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
        pictures = MessagePicture.objects.filter(
            message__consignment__order=self.order, message__hidden_ground=""
        )
        return picture_response(get_object_or_404(pictures, pk=pk))
