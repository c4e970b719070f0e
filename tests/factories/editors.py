"""Editors and what they have written."""

from django.test import Client
from pytest_django import Settings

from marketplace.accounts.models import User
from marketplace.demo.people import people_load
from marketplace.demo.stories import STORIES, stories_load
from tests.factories.producers import ProducerFactory


def editor_signed_in(client: Client, settings: Settings) -> Client:
    """Return a browser of somebody who writes and publishes, with the demonstration's stories to work on."""
    settings.DEMO_PASSWORD = "mat-khau-rat-dai-cua-ban-bien-tap"
    people_load()
    for name, _titles, _landscape in STORIES:
        ProducerFactory(name=name)
    stories_load()
    client.force_login(User.objects.get(email="bientap@demo.example"))
    return client
