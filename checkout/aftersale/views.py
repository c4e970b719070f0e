"""A buyer's pages of cases, under the signed address of the order: nobody has to sign in."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from catalogue.errors import PictureRefused
from catalogue.pictures.attached import AttachedPicture
from checkout.aftersale.cases import steps_of
from checkout.aftersale.deadlines import terms_on
from checkout.aftersale.eligibility import lines_offered, offers_for, reasons_on
from checkout.aftersale.errors import CaseNotPossible, StepNotPossible
from checkout.aftersale.forms import AppealForm, CaseForm, MessageForm, SentBackForm
from checkout.aftersale.links import case_path
from checkout.aftersale.models import Case, CasePicture, Side
from checkout.aftersale.selectors import cases_with_parts, countdown_of
from checkout.aftersale.services import (
    case_appeal,
    case_goods_sent,
    case_message,
    case_open,
    case_withdraw,
    may_appeal,
)
from checkout.order.links import order_path
from checkout.order.models import Order
from checkout.order.notices import pickup_address
from checkout.order.selectors import order_by_token
from marketplace.clock import today


def picture_response(picture: AttachedPicture) -> HttpResponseBase:
    """Return the bytes of a private picture, for whoever may see what it stands beside; 404 while it isn't ready."""
    if picture.state != AttachedPicture.State.DONE:
        raise Http404
    response = FileResponse(picture.file.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class OfOrder(View):
    """A page under the signed address of an order."""

    order: Order

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        order = order_by_token(kwargs["token"])
        if order is None or not self.is_open(order):
            raise Http404
        self.order = order
        return super().dispatch(request, *args, **kwargs)

    def is_open(self, order: Order) -> bool:
        """Return whether an order has this page now."""
        return True

    def case(self) -> Case:
        case: Case = get_object_or_404(
            cases_with_parts(), pk=self.kwargs["pk"], consignment__order=self.order
        )
        return case


@method_decorator(never_cache, name="dispatch")
class CaseOpenView(OfOrder):
    """The form for a case about one parcel; says why where there is none."""

    def get(self, request: HttpRequest, token: str, consignment: int) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest, token: str, consignment: int) -> HttpResponse:
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=422)
        data = form.cleaned_data
        try:
            case = case_open(
                consignment_id=self.consignment().pk,
                reason_id=data["reason"],
                packs=form.packs(),
                description=data["description"],
                wish=data["wish"],
                pictures=data["pictures"],
            )
        except (CaseNotPossible, PictureRefused) as refused:
            form.add_error("pictures" if isinstance(refused, PictureRefused) else None, str(refused.message))
            return self._page(form, status=422)
        messages.success(request, _("Sent. The producer answers you here and by message."))
        return redirect(case_path(case))

    def consignment(self) -> Any:
        for consignment in self.order.consignments.all():
            if consignment.pk == self.kwargs["consignment"]:
                consignment.order = self.order
                return consignment
        raise Http404

    def _form(self, *data: Any) -> CaseForm:
        consignment = self.consignment()
        self.offers = offers_for(consignment, reasons_on(today()), on=today())
        return CaseForm(
            *data,
            offers=self.offers,
            lines=lines_offered(consignment) if self.offers else [],
            use_required_attribute=False,
        )

    def _page(self, form: CaseForm, *, status: int = 200) -> HttpResponse:
        context = {
            "order": self.order,
            "consignment": self.consignment(),
            "form": form,
            "offers": self.offers,
            "answer_days": terms_on(today()).answer_working_days,
            "is_possible": bool(self.offers and form.lines),
            "file_lost": status != 200 and bool(self.request.FILES),
            "back": order_path(self.order),
        }
        return render(self.request, "aftersale/open.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
class CaseView(OfOrder):
    """One case: how it stands, what was said, what the buyer can do next."""

    def get(self, request: HttpRequest, token: str, pk: int) -> HttpResponse:
        return self._page(self.case())

    def _page(self, case: Case, *, status: int = 200, **forms_with_errors: forms.Form) -> HttpResponse:
        is_awaited = case.state == Case.State.AWAITING_GOODS and case.goods_sent_at is None
        context = {
            "order": self.order,
            "token": self.kwargs["token"],
            "case": case,
            "countdown": countdown_of(case),
            # Without the number of a picture, which the page adds.
            "pictures_base": reverse("aftersale:picture", args=[self.kwargs["token"], 0]).removesuffix("0/"),
            "may_speak": case.state in _SPEAKING or may_appeal(case),
            "may_withdraw": Case.State.WITHDRAWN in steps_of(case, side=Side.BUYER),
            "may_appeal": may_appeal(case),
            "goods_awaited": is_awaited,
            "return_address": pickup_address(case.consignment) if is_awaited else "",
            "message_form": MessageForm(auto_id="message-%s"),
            "appeal_form": AppealForm(auto_id="appeal-%s"),
            "sent_form": SentBackForm(auto_id="sent-%s"),
            **forms_with_errors,
        }
        return render(self.request, "aftersale/case.html", context, status=status)


_SPEAKING = (Case.State.OPEN, Case.State.ESCALATED, Case.State.AWAITING_GOODS)


class _CaseStep(CaseView):
    """Something the buyer does in a case; a form that can't be read comes back with what was typed."""

    http_method_names = ["post"]
    form_class: type[forms.Form] = forms.Form
    #: The form's name on the page, and the beginning of its fields' ids.
    name = ""
    done: Any = ""

    def post(self, request: HttpRequest, token: str, pk: int) -> HttpResponse:
        case = self.case()
        form = self.form_class(request.POST, request.FILES, auto_id=f"{self.name}-%s")
        if form.is_valid():
            try:
                self.write(case, form.cleaned_data)
            except (StepNotPossible, PictureRefused) as refused:
                form.add_error(None, str(refused.message))
            else:
                messages.success(request, self.words())
                return redirect(case_path(case))
        if not form.fields:
            messages.error(request, " ".join(map(str, form.non_field_errors())))
            return redirect(case_path(case))
        return self._page(self.case(), status=422, **{f"{self.name}_form": form})

    def words(self) -> str:
        return _("Sent.")

    def write(self, case: Case, data: dict[str, Any]) -> None:
        raise NotImplementedError


class CaseMessageView(_CaseStep):
    """Says something."""

    form_class = MessageForm
    name = "message"

    def write(self, case: Case, data: dict[str, Any]) -> None:
        case_message(case_id=case.pk, side=Side.BUYER, text=data["text"], pictures=data["pictures"])


class CaseAppealView(_CaseStep):
    """Takes the producer's word to the programme."""

    form_class = AppealForm
    name = "appeal"

    def words(self) -> str:
        return _("The OCOP programme looks at it now.")

    def write(self, case: Case, data: dict[str, Any]) -> None:
        case_appeal(case_id=case.pk, text=data["text"])


class CaseSentBackView(_CaseStep):
    """Says that the goods are on their way back."""

    form_class = SentBackForm
    name = "sent"

    def words(self) -> str:
        return _("Thank you. Your money goes back once the producer has the goods.")

    def write(self, case: Case, data: dict[str, Any]) -> None:
        case_goods_sent(case_id=case.pk, how=data["how"])


class CaseWithdrawView(_CaseStep):
    """Ends the case."""

    name = "withdraw"

    def words(self) -> str:
        return _("The case is withdrawn.")

    def write(self, case: Case, data: dict[str, Any]) -> None:
        case_withdraw(case_id=case.pk)


class CasePictureView(OfOrder):
    """A picture of one of the order's cases."""

    def get(self, request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
        return picture_response(get_object_or_404(CasePicture, pk=pk, case__consignment__order=self.order))
