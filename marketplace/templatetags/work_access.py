"""Links of the back office are offered to whom they let in."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def may_open(user: Any, screen: str) -> bool:
    """Return whether `user` may open the programme's screen of this name: `{% if user|may_open:"good" %}`."""
    from marketplace.dashboard.access import may_open as may_open_screen

    return may_open_screen(user, screen)
