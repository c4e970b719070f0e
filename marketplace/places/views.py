"""The one endpoint of places: suggestions while a commune is typed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from marketplace.places.suggestions import suggest_communes

_MAX_TYPED = 100


@require_safe
@cache_control(public=True, max_age=3600)
def commune_suggest(request: HttpRequest) -> HttpResponse:
    """Answer with radio buttons for the communes that `commune` may be the beginning of, in `province`.

    Field names may carry a form's prefix: `?prefix=shipping`. The answer is the same for everybody.
    """
    prefix = request.GET.get("prefix", "")
    name = f"{prefix}-" if prefix else ""
    typed = request.GET.get(f"{name}commune_name", "")[:_MAX_TYPED]
    province = request.GET.get(f"{name}province") or None
    context = {
        "prefix": name,
        "typed": typed,
        "suggestions": suggest_communes(province, typed) if typed.strip() else [],
    }
    return render(request, "components/commune_choices.html", context)
