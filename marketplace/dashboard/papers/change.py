"""A change of papers that is looked at before it is made: what the shop shows now, and what it would show afterwards."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView

from catalogue.certification.errors import CertificationError
from catalogue.certification.outlook import Period, outlook, outlook_after
from catalogue.models import Product
from marketplace.audit.services import audit_record
from marketplace.clock import today


@dataclass(frozen=True, slots=True)
class OutlookLine:
    """One period in words; `kind` as `components/state.html` takes it."""

    days: str
    text: str
    kind: str


def outlook_lines(periods: list[Period]) -> list[OutlookLine]:
    """Say each period in words: when, and what the shop shows."""
    return [OutlookLine(_days(period), *_shown(period)) for period in periods]


def _days(period: Period) -> str:
    begins = _day_in_words(period.starts)
    if period.ends is None:
        return _("from %(day)s") % {"day": begins}
    return _("from %(day)s until %(end)s") % {"day": begins, "end": f"{period.ends:%d/%m/%Y}"}


def _day_in_words(day: date) -> str:
    if day == today():
        return _("today")
    if day == today() + timedelta(days=1):
        return _("tomorrow")
    return f"{day:%d/%m/%Y}"


def _shown(period: Period) -> tuple[str, str]:
    if period.stars is None:
        reason = str(period.reason.text) if period.reason else ""
        return _("Not in the shop. %(reason)s") % {"reason": reason}, "bad"
    words = ngettext("In the shop with %(stars)d star.", "In the shop with %(stars)d stars.", period.stars)
    return words % {"stars": period.stars}, "good"


def add_refusal(form: forms.Form, error: CertificationError) -> None:
    """Say at the field that the error concerns what is wrong, or above the form where it has none."""
    form.add_error(error.concerns if error.concerns in form.fields else None, str(error.message))


class ChangeView(FormView):
    """A form, what it would mean for the shop, and the button that does it.

    Subclasses give `good`, `write` and the words; `preview` may do more than `write` to show what follows from it.
    """

    template_name = "dashboard/papers/change.html"
    good: Product
    title: str | Promise = ""
    consequence: str | Promise = ""
    action: str | Promise = ""
    is_danger = False
    #: What the audit log calls the change.
    audit_action: str = ""

    def write(self, typed: dict[str, Any]) -> Any:
        """Make the change. Raises CertificationError."""
        raise NotImplementedError

    def preview(self, typed: dict[str, Any]) -> Any:
        """Make the change as it will be looked at; all of it is rolled back."""
        return self.write(typed)

    def preview_on_opening(self) -> dict[str, Any] | None:
        """Return what to preview before anything is typed, None where that makes no sense."""
        return None

    def get_success_url(self) -> str:
        raise NotImplementedError

    def done_message(self, made: Any) -> str:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("good", self.good)
        kwargs.setdefault("now", outlook_lines(outlook(self.good.pk, on=today())))
        if "after" not in kwargs and self.request.method == "GET":
            kwargs.update(self._opening())
        chosen = self.request.FILES and self.request.method == "POST"
        words = {"title": self.title, "consequence": self.consequence, "action": self.action}
        return super().get_context_data(
            **{
                **words,
                "is_danger": self.is_danger,
                "back": self.get_success_url(),
                "file_lost": chosen,
                **kwargs,
            }
        )

    def _opening(self) -> dict[str, Any]:
        typed = self.preview_on_opening()
        if typed is None:
            return {}
        try:
            return {"after": self._after(typed)}
        except CertificationError as error:
            return {"problem": str(error.message)}

    def _after(self, typed: dict[str, Any]) -> list[OutlookLine]:
        return outlook_lines(outlook_after(self.good.pk, lambda: self.preview(typed), on=today()))

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            if "preview" in self.request.POST:
                after = self._after({**form.cleaned_data, "evidence": None})
                return self.render_to_response(self.get_context_data(form=form, after=after))
            reason = form.cleaned_data.get("reason") or ""
            with transaction.atomic():
                made = self.write(form.cleaned_data)
                audit_record(action=self.audit_action, subject=made, words=self.good.title, reason=reason)
        except CertificationError as error:
            add_refusal(form, error)
            return self.form_invalid(form)
        messages.success(self.request, self.done_message(made))
        return redirect(self.get_success_url())
