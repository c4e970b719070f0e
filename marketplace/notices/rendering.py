"""From a notice's row to the words that are sent."""

from email.utils import parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from marketplace.notices.adapters import Message
from marketplace.notices.models import Notice
from marketplace.notices.push import push_render
from marketplace.notices.sms import sms_text


def notice_render(notice: Notice) -> Message | None:
    """Return `notice` in its own language, ready to be sent; None where a push has nothing left to say."""
    if notice.channel == Notice.Channel.PUSH:
        return push_render(notice)
    context = {
        **notice.context,
        "site_name": settings.OSCAR_SHOP_NAME,
        "site_url": settings.SITE_URL,
        "language": notice.language,
        "is_demonstration": settings.DEMONSTRATION,
    }
    with translation.override(notice.language):
        if notice.channel == Notice.Channel.SMS:
            text = sms_text(render_to_string(f"notices/{notice.template}.sms.txt", context))
            return Message(_message_id(notice), notice.recipient, subject="", text=text)
        return Message(
            _message_id(notice),
            notice.recipient,
            subject=" ".join(render_to_string(f"notices/{notice.template}.subject.txt", context).split()),
            text=render_to_string(f"notices/{notice.template}.txt", context).strip() + "\n",
            html=render_to_string(f"notices/{notice.template}.html", context),
        )


def _message_id(notice: Notice) -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<notice-{notice.pk}@{domain}>"
