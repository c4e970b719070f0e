from django.apps import AppConfig


class ReservationsConfig(AppConfig):
    name = "checkout.reservations"
    label = "reservations"
