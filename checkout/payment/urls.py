"""Addresses of a payment's pages, in both languages."""

from checkout.payment.account_views import AccountLinkView, BankAccountView
from checkout.payment.transfers.views import PracticeTransferView
from checkout.payment.views import PaymentChangeView, PaymentStartView, PaymentStatusView, VietQrView
from marketplace.locale_urls import localized_path

app_name = "payment"

urlpatterns = [
    localized_path("{payment}/{money-back}/<str:token>/", BankAccountView.as_view(), name="account"),
    localized_path(
        "{payment}/{money-back}/<str:token>/{again}/", AccountLinkView.as_view(), name="account-link"
    ),
    localized_path("{payment}/<str:token>/", PaymentStatusView.as_view(), name="status"),
    localized_path("{payment}/<str:token>/{start}/", PaymentStartView.as_view(), name="start"),
    localized_path("{payment}/<str:token>/{change}/", PaymentChangeView.as_view(), name="change"),
    localized_path("{payment}/<str:token>/vietqr.png", VietQrView.as_view(), name="vietqr"),
    localized_path("{payment}/<str:token>/{practise}/", PracticeTransferView.as_view(), name="practise"),
]
