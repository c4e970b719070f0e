"""Producers as the programme sees them: the queue of sellers to verify, particulars, suspension."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, ListView

from catalogue.producers.errors import ProducerError, SellerNotComplete
from catalogue.producers.identity import registration_number_shown, tax_number_is_personal, tax_number_shown
from catalogue.producers.joining.models import Merge
from catalogue.producers.models import Partner
from catalogue.producers.selectors import producers_overseen_by
from catalogue.producers.services import (
    missing_particulars,
    producer_update,
    seller_refuse,
    seller_suspend,
    seller_verify,
)
from marketplace.accounts.models import StaffRole
from marketplace.address.phones import format_phone
from marketplace.audit.services import audited, look_record
from marketplace.clock import today
from marketplace.dashboard.access import StaffAccess, may_open
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.forms import NoteForm, ProducerForm, ReasonForm
from marketplace.dashboard.papers.goods import counting_standing, standards_for
from marketplace.dashboard.papers.history import history_lines
from marketplace.encryption import blind_indexes
from marketplace.folding import names_like

#: Who decides about a producer; the catalogue's people keep its particulars, the others look it up.
DECIDE = (StaffRole.Role.ADMIN, StaffRole.Role.VERIFIER)
EDIT = (*DECIDE, StaffRole.Role.CATALOGUE)
LOOK = (*EDIT, StaffRole.Role.SUPPORT, StaffRole.Role.FINANCE)


def missing_words() -> dict[str, str]:
    """Return what each missing particular is called on a screen."""
    return {
        "registration_number_or_tax_number": _("registration or tax number"),
        "representative": _("representative"),
        "phone": _("phone number"),
        "address": _("address with its commune"),
    }


def licence_in_force(seller: Partner) -> bool:
    """Return whether the licence for alcohol holds today."""
    first, last = seller.alcohol_licence_from, seller.alcohol_licence_until
    return bool(seller.alcohol_licence_number and first and last and first <= today() <= last)


def seen_in_full(seller: Partner) -> None:
    """Note that the person at hand was shown a producer's tax number in full, where it is a person's."""
    look_record(seller, words=seller.name, fields=["tax_number"] if tax_number_is_personal(seller) else [])


class Overseen(StaffAccess):
    """The producers within the person's provinces."""

    staff_roles: tuple[str, ...] = LOOK

    def get_queryset(self) -> QuerySet[Partner]:
        return producers_overseen_by(self.request.user, *self.staff_roles).select_related("commune__province")  # type: ignore[attr-defined]


class ProducerListView(Overseen, ListView):
    """All producers, those awaiting verification first on demand."""

    template_name = "dashboard/staff/producers.html"
    context_object_name = "producers"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Partner]:
        found = super().get_queryset().annotate(goods_count=Count("goods")).order_by("name")
        if (state := self.request.GET.get("state", "")) in Partner.SellerState.values:
            found = found.filter(seller_state=state)
        if words := self.request.GET.get("q", "").strip()[:80]:
            found = found.filter(
                names_like(words, "name")
                | Q(registration_number=words)
                | Q(tax_number_index__in=blind_indexes(words))
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = dict(super().get_queryset().order_by().values_list("seller_state").annotate(Count("pk")))
        states = [(value, label, counts.get(value, 0)) for value, label in Partner.SellerState.choices]
        return super().get_context_data(
            **kwargs, states=states, state=self.request.GET.get("state", ""), query=filters_kept(self.request)
        )


class ProducerDetailView(Overseen, DetailView):
    """Particulars, papers and goods of one producer, and what may be done."""

    template_name = "dashboard/staff/producer.html"
    context_object_name = "seller"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = missing_words()
        return super().get_context_data(
            **kwargs,
            missing=[words[name] for name in missing_particulars(self.object)],
            goods=[
                (good, counting_standing(good))
                for good in self.object.goods.select_related("product_set")
                .prefetch_related("certificates")
                .order_by("title")
            ],
            standards=standards_for(Q(producer=self.object)),
            today=today(),
            registration_number=registration_number_shown(self.object),
            tax_number=tax_number_shown(self.object),
            may_see_number=tax_number_is_personal(self.object)
            and may_open(self.request.user, "producer-number"),
            licence_is_in_force=licence_in_force(self.object),
            members=self.object.memberships.select_related("user"),
            may_give_access=may_open(self.request.user, "members"),
            may_edit=may_open(self.request.user, "producer-edit"),
            may_decide=may_open(self.request.user, "producer-verify"),
            no_links=not may_open(self.request.user, "standard"),
            merges=Merge.objects.filter(Q(source=self.object) | Q(target=self.object)).select_related(
                "source", "target", "by"
            ),
            history=history_lines(self.object.seller_events.select_related("actor")),
        )


class ProducerNumberView(Overseen, DetailView):
    """A tax number that is a person's, in full, for those who compare it with papers or pay taxes by it."""

    staff_roles = (*DECIDE, StaffRole.Role.FINANCE)
    template_name = "dashboard/staff/producer_number.html"
    context_object_name = "seller"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen_in_full(self.object)
        return super().get_context_data(**kwargs)


class ProducerEditView(Overseen, FormView):
    """Edits the particulars."""

    staff_roles = EDIT
    form_class = ProducerForm
    template_name = "dashboard/staff/producer_edit.html"

    @cached_property
    def seller(self) -> Partner:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.seller, "scope": self.scope}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen_in_full(self.seller)
        return super().get_context_data(**kwargs, seller=self.seller)

    def form_valid(self, form: ProducerForm) -> HttpResponse:
        # A household's particulars are a person's: the log names the fields, not what stands in them.
        changes = {"fields": sorted(form.changed_data)}
        with audited("producer.edited", self.seller, words=self.seller.name, changes=changes):
            producer_update(producer=self.seller, by=self.request.user, **form.particulars())
        messages.success(self.request, _("The particulars are saved."))
        return redirect("dashboard:producer", pk=self.seller.pk)


class SellerChange(Overseen, FormView):
    """A decision about a producer as a seller, asked once more; leads back to its page. Subclasses give `words` and `write`."""

    staff_roles = DECIDE
    #: What the audit log calls the decision.
    audit_action = ""
    form_class: type[NoteForm | ReasonForm] = ReasonForm
    template_name = "dashboard/staff/reason.html"

    @cached_property
    def seller(self) -> Partner:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def words(self) -> dict[str, Any]:
        """Return `question`, `consequence` and `action`."""
        raise NotImplementedError

    def write(self, reason: str) -> str:
        """Decide, and return what is said of it. Raises ProducerError."""
        raise NotImplementedError

    @property
    def back(self) -> str:
        return reverse("dashboard:producer", kwargs={"pk": self.seller.pk})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, **self.words(), back=self.back)

    def form_valid(self, form: NoteForm | ReasonForm) -> HttpResponse:
        try:
            reason = form.cleaned_data["reason"]
            with audited(self.audit_action, self.seller, words=self.seller.name, reason=reason):
                said = self.write(reason)
        except SellerNotComplete as error:
            words = missing_words()
            lacking = ", ".join(words[name] for name in error.missing)
            messages.error(self.request, _("Still missing: %(what)s.") % {"what": lacking})
            return redirect(self.back)
        except ProducerError as error:
            form.add_error(error.concerns if error.concerns in form.fields else None, str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, said)
        return redirect(self.back)


class ProducerVerifyView(SellerChange):
    """Lets a producer sell, for the first time or again."""

    audit_action = "seller.verified"
    form_class = NoteForm

    def words(self) -> dict[str, Any]:
        return {
            "question": _("Let %(name)s sell here?") % {"name": self.seller.name},
            "consequence": _(
                "Compare the particulars with the registration papers first. Its goods with a price and a certificate in force are on sale at once."
            ),
            "action": _("Verify as a seller"),
            "is_safe": True,
            **self.particulars(),
        }

    def particulars(self) -> dict[str, Any]:
        """Return what is to be compared with the papers (`facts`), and what is missing of it, with the way to add it."""
        seller, words = self.seller, missing_words()
        seen_in_full(seller)
        place = seller.commune.full_name if seller.commune else ""
        missing = [words[name] for name in missing_particulars(seller)]
        return {
            "facts": [
                (_("Registration number"), seller.registration_number),
                (_("Tax number"), seller.tax_number),
                (_("Representative"), seller.representative),
                (_("Phone"), format_phone(seller.phone) if seller.phone else ""),
                (
                    _("Address"),
                    ", ".join(part for part in (seller.street or seller.address_text, place) if part),
                ),
            ],
            "obstacle": _("Still missing: %(what)s.") % {"what": ", ".join(missing)} if missing else "",
            "mend_url": reverse("dashboard:producer-edit", kwargs={"pk": seller.pk}) if missing else "",
        }

    def get_form(self, form_class: Any = None) -> Any:
        """Ask why, where a producer that was stopped sells again."""
        form = super().get_form(form_class)
        if self.seller.seller_state == Partner.SellerState.SUSPENDED:
            form.fields["reason"].required = True
            form.fields["reason"].label = _("Why it may sell again")
            form.fields["reason"].help_text = ""
        return form

    def write(self, reason: str) -> str:
        seller_verify(producer=self.seller, by=self.request.user, reason=reason)
        return _("%(name)s may sell now.") % {"name": self.seller.name}


class ProducerRefuseView(SellerChange):
    """Turns down a producer that asked to sell, with a reason."""

    audit_action = "seller.refused"

    def words(self) -> dict[str, Any]:
        return {
            "question": _("Refuse %(name)s as a seller?") % {"name": self.seller.name},
            "consequence": _(
                "It doesn't sell here; its goods stay to be seen. It may ask again once the reason is gone."
            ),
            "action": _("Refuse"),
        }

    def write(self, reason: str) -> str:
        seller_refuse(producer=self.seller, by=self.request.user, reason=reason)
        return _("%(name)s is refused as a seller.") % {"name": self.seller.name}


class ProducerSuspendView(SellerChange):
    """Stops a producer from selling, with a reason."""

    audit_action = "seller.suspended"

    def words(self) -> dict[str, Any]:
        return {
            "question": _("Stop %(name)s from selling?") % {"name": self.seller.name},
            "consequence": _(
                "Its goods stay to be seen, without a buy button. Orders on their way are not touched."
            ),
            "action": _("Stop selling"),
        }

    def write(self, reason: str) -> str:
        seller_suspend(producer=self.seller, by=self.request.user, reason=reason)
        return _("%(name)s no longer sells here.") % {"name": self.seller.name}
