"""A person's own pages: orders, addresses, particulars, privacy."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import DeleteView, FormView, ListView, TemplateView, UpdateView, View

from checkout.aftersale.selectors import with_open_cases
from checkout.order.models import Order
from marketplace.accounts.requests import SignedInRequest
from marketplace.address.forms import AddressForm
from marketplace.address.models import UserAddress
from marketplace.customer.forms import ProfileForm
from marketplace.customer.services import AccountStillNeeded, account_delete, open_orders, personal_data
from marketplace.dashboard.today import workplaces_of
from marketplace.notices.personal import unread_count


@method_decorator(never_cache, name="dispatch")
class Personal(LoginRequiredMixin):
    """Signed in only, and kept by no cache."""

    request: SignedInRequest


class HomeView(Personal, TemplateView):
    """The account at a glance."""

    template_name = "customer/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        orders = with_open_cases(Order.objects.filter(user=user).order_by("-date_placed"))
        return super().get_context_data(
            **kwargs,
            orders=orders[:3],
            address_count=UserAddress.objects.filter(user=user).count(),
            unread_count=unread_count(user),
            works_here=bool(workplaces_of(user)),
        )


class OrderListView(Personal, ListView):
    """All orders of the person, newest first."""

    template_name = "customer/orders.html"
    context_object_name = "orders"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Order]:
        orders = Order.objects.filter(user=self.request.user).order_by("-date_placed")
        return with_open_cases(orders).prefetch_related("lines")


class ProfileView(Personal, UpdateView):
    """Name and language."""

    form_class = ProfileForm
    template_name = "customer/profile.html"
    success_url = reverse_lazy("customer:home")

    def get_object(self, queryset: QuerySet[Any] | None = None) -> Any:
        return self.request.user

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        messages.success(self.request, _("Your particulars are saved."))
        return super().form_valid(form)


class AddressListView(Personal, ListView):
    """The address book."""

    template_name = "customer/addresses.html"
    context_object_name = "addresses"

    def get_queryset(self) -> QuerySet[UserAddress]:
        return UserAddress.objects.filter(user=self.request.user).select_related("commune__province")


class AddressEditView(Personal, FormView):
    """A new address or a known one."""

    form_class = AddressForm
    template_name = "customer/address.html"
    success_url = reverse_lazy("customer:addresses")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        pk = self.kwargs.get("pk")
        kwargs["instance"] = (
            get_object_or_404(UserAddress, pk=pk, user=self.request.user)
            if pk
            else UserAddress(user=self.request.user)
        )
        return kwargs

    def form_valid(self, form: AddressForm) -> HttpResponse:
        form.save()
        messages.success(self.request, _("The address is saved."))
        return super().form_valid(form)


class AddressDefaultView(Personal, View):
    """Makes one address the default."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        address = get_object_or_404(UserAddress, pk=pk, user=self.request.user)
        with transaction.atomic():
            UserAddress.objects.filter(user=self.request.user).update(is_default_for_shipping=False)
            UserAddress.objects.filter(pk=address.pk).update(is_default_for_shipping=True)
        return redirect("customer:addresses")


class AddressDeleteView(Personal, DeleteView):
    """Asks before it takes an address out."""

    template_name = "customer/address_delete.html"
    success_url = reverse_lazy("customer:addresses")

    def get_queryset(self) -> QuerySet[UserAddress]:
        return UserAddress.objects.filter(user=self.request.user)


class PrivacyView(Personal, TemplateView):
    """What is kept, how to take it out, how to delete it."""

    template_name = "customer/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, open_orders=open_orders(self.request.user))


class PersonalDataView(Personal, View):
    """All data as a JSON file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        response = JsonResponse(
            personal_data(self.request.user), json_dumps_params={"ensure_ascii": False, "indent": 2}
        )
        response["Content-Disposition"] = 'attachment; filename="cho-ocop.json"'
        return response


class AccountDeleteView(Personal, View):
    """Deletes the account after the password was given once more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(
            request, "customer/account_delete.html", {"open_orders": open_orders(self.request.user)}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        user = self.request.user
        error = ""
        if not user.check_password(request.POST.get("password", "")):
            error = _("That is not your password.")
        else:
            try:
                account_delete(user=user)
            except AccountStillNeeded as reason:
                error = str(reason)
        if error:
            context = {"open_orders": open_orders(user), "error": error}
            return render(request, "customer/account_delete.html", context, status=422)
        logout(request)
        return redirect(reverse("account_login"))
