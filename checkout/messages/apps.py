from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "checkout.messages"
    #: `messages` is Django's own.
    label = "order_messages"
