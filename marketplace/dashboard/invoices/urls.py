"""Addresses of a producer's invoices."""

from django.urls import path

from marketplace.dashboard.invoices import views

producer = "p/<int:producer_pk>/invoices/"

urlpatterns = [
    path(producer, views.InvoicesView.as_view(), name="invoices"),
    path(f"{producer}file.<slug:format>", views.InvoicesFileView.as_view(), name="invoices-file"),
    path(f"{producer}terms/", views.InvoiceTermsView.as_view(), name="invoice-terms"),
]
