"""The buyer's province, kept in a cookie so that estimates fit before anybody has given an address."""

from django.http import HttpRequest, HttpResponse

from marketplace.places.models import Province

COOKIE = "province"
_YEAR = 60 * 60 * 24 * 365


def remembered_province(request: HttpRequest) -> Province | None:
    """Return the province that this visitor chose, if any; one query where a cookie is there, else none."""
    code = request.COOKIES.get(COOKIE, "")
    return Province.objects.filter(code=code).first() if code.isdigit() and len(code) <= 2 else None


def remember_province(request: HttpRequest, response: HttpResponse, province: Province) -> None:
    """Keep the province for a year. It says nothing of the person, and estimates need it before there is one."""
    response.set_cookie(
        COOKIE, province.code, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
    )
