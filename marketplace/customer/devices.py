"""The devices of a person to which notices are pushed, and the small worker that a browser keeps for it."""

from typing import Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import View

from marketplace.customer.views import Personal
from marketplace.notices.models import PushDevice
from marketplace.notices.push import SESSION_KEY, device_add, push_is_offered

#: What browsers call themselves, the particular before the general: they all say that they are Safari.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


class DeviceAddView(Personal, View):
    """Takes what a browser gave out when its person allowed pushes."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.user.is_authenticated and not push_is_offered():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            device = device_add(
                person=self.request.user,
                endpoint=request.POST.get("endpoint", "")[:1000],
                p256dh=request.POST.get("p256dh", "")[:120],
                auth=request.POST.get("auth", "")[:40],
                words=device_words(request.headers.get("User-Agent", "")),
            )
        except ValidationError as refused:
            return HttpResponse(refused.message, status=400, content_type="text/plain; charset=utf-8")
        request.session[SESSION_KEY] = device.pk
        messages.success(request, _("This device gets notices from now on."))
        return HttpResponse(status=201)


class DeviceRemoveView(Personal, View):
    """Takes a device off; nothing is pushed to it any more."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(PushDevice, pk=pk, person=self.request.user).delete()
        messages.success(request, _("The device is taken off."))
        return redirect("customer:notice-choices")


@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """The service worker: always under this address, so that a browser finds its next version."""
    response = render(request, "customer/push-worker.js", content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


def device_words(user_agent: str) -> str:
    """Return a browser as its person knows it, for example "Chrome, Android"."""
    found = [
        next((words for mark, words in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(word for word in found if word) or _("Unknown browser")
