"""How a rendered notice leaves the house: one port, an adapter for each way."""

import sys
from dataclasses import dataclass
from typing import ClassVar, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string

from marketplace.notices.models import Notice


@dataclass(frozen=True)
class Message:
    """A notice as it is sent. `html` and `subject` are empty for a text message."""

    #: The same at every attempt, so that a receiver can tell a repetition.
    message_id: str
    recipient: str
    subject: str
    text: str
    html: str = ""


class Adapter(Protocol):
    """Sends one message. Any exception means: not sent, try again later."""

    def send(self, message: Message) -> None: ...


class Mail:
    """Mail in text and HTML, through Django's mail backend."""

    def send(self, message: Message) -> None:
        mail = EmailMultiAlternatives(
            subject=message.subject,
            body=message.text,
            to=[message.recipient],
            headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(message.html, "text/html")
        mail.send()


class ConsoleSms:
    """Text messages on the standard output, for development."""

    def send(self, message: Message) -> None:
        sys.stdout.write(f"SMS {message.recipient}: {message.text}\n")
        sys.stdout.flush()


class MemorySms:
    """Text messages in a list, for tests."""

    outbox: ClassVar[list[Message]] = []

    def send(self, message: Message) -> None:
        self.outbox.append(message)


def sms_is_offered() -> bool:
    """Return whether this installation can send text messages at all (`SMS_ADAPTER`)."""
    return bool(settings.SMS_ADAPTER)


def adapter_for(channel: str) -> Adapter:
    """Return the adapter of a notice's channel."""
    if channel == Notice.Channel.MAIL:
        return Mail()
    if channel == Notice.Channel.PUSH:
        push: Adapter = import_string("marketplace.notices.push.Push")()
        return push
    adapter: Adapter = import_string(settings.SMS_ADAPTER)()
    return adapter
