"""The one endpoint of places: suggestions while a commune is typed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from marketplace.places.resolver import resolve_address
from marketplace.places.suggestions import suggest_communes

_MAX_TYPED = 100


@require_safe
@cache_control(public=True, max_age=3600)
def commune_suggest(request: HttpRequest) -> HttpResponse:
    """Answer with radio buttons for the communes that may be meant; the same for everybody, so anyone may cache it.

    `name` is the name of the text field (`commune`, or `shipping-commune` in a form with a prefix); the field's own
    parameter holds what is typed, and the field `province` of the same form the province's code.
    """
    name = request.GET.get("name", "commune")
    prefix = name.removesuffix("commune")
    typed = request.GET.get(name, "")[:_MAX_TYPED].strip()
    province = request.GET.get(f"{prefix}province") or None
    suggestions = suggest_communes(province, typed) if typed else []
    match = resolve_address(typed, province=province) if typed else None
    certain = suggestions[0].value if match and match.commune and suggestions else ""
    context = {"name": name, "typed": typed, "suggestions": suggestions, "chosen": certain}
    return render(request, "components/commune_choices.html", context)
