"""Addresses of offers inside the back office: the same screens at the programme's desk and in each producer's workplace."""

from typing import Any

from django.urls import path

from marketplace.dashboard.offers import producer, staff


def _screens(views: Any, under: str, prefix: str) -> list[Any]:
    return [
        path(f"{under}offers/", views.OfferListView.as_view(), name=f"{prefix}offers"),
        path(f"{under}offers/new/", views.OfferKindsView.as_view(), name=f"{prefix}offer-kinds"),
        path(f"{under}offers/new/<slug:gives>/", views.OfferNewView.as_view(), name=f"{prefix}offer-new"),
        path(f"{under}offers/<int:pk>/", views.OfferView.as_view(), name=f"{prefix}offer"),
        path(f"{under}offers/<int:pk>/edit/", views.OfferEditView.as_view(), name=f"{prefix}offer-edit"),
        path(f"{under}offers/<int:pk>/stop/", views.OfferStopView.as_view(), name=f"{prefix}offer-stop"),
        path(f"{under}offers/<int:pk>/codes/", views.OfferCodesView.as_view(), name=f"{prefix}offer-codes"),
        path(
            f"{under}offers/<int:pk>/codes.csv",
            views.OfferCodesFileView.as_view(),
            name=f"{prefix}offer-codes-file",
        ),
    ]


urlpatterns = [
    *_screens(staff, "programme/", ""),
    *_screens(producer, "p/<int:producer_pk>/", "producer-"),
]
