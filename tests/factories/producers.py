"""Producers for tests: verified sellers, unless told otherwise."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from catalogue.producers.models import Membership, Partner
from tests.factories.places import CommuneFactory


class ProducerFactory(DjangoModelFactory):
    """A cooperative that sells here. `with_licence=True` adds a licence for alcohol for 2025 to 2030."""

    class Meta:
        model = Partner

    class Params:
        with_licence = factory.Trait(
            alcohol_licence_number="12/GP-UBND",
            alcohol_licence_from=date(2025, 1, 1),
            alcohol_licence_until=date(2030, 12, 31),
        )

    name = factory.Sequence(lambda number: f"Hợp tác xã Thử nghiệm {number}")
    code = factory.Sequence(lambda number: f"htx-thu-nghiem-{number}")
    kind = Partner.Kind.COOPERATIVE
    seller_state = Partner.SellerState.VERIFIED
    commune = factory.SubFactory(CommuneFactory)
    registration_number = factory.Sequence(lambda number: f"5800{number:06d}")
    phone = "+84912345678"
    dispatch_days = 1


class MembershipFactory(DjangoModelFactory):
    """An owner of a producer; give `user`."""

    class Meta:
        model = Membership

    producer = factory.SubFactory(ProducerFactory)
    role = Membership.Role.OWNER
