"""Addresses of the screens of the ledger, inside the back office."""

from django.urls import path

from marketplace.dashboard.ledger import accounts, differences, rates

urlpatterns = [
    path("programme/ledger/", accounts.LedgerView.as_view(), name="ledger"),
    path("programme/ledger/accounts/<int:pk>/", accounts.AccountView.as_view(), name="ledger-account"),
    path("programme/ledger/producers/", accounts.ProducerBalancesView.as_view(), name="ledger-producers"),
    path("programme/ledger/orders/<str:number>/", accounts.OrderEntriesView.as_view(), name="ledger-order"),
    path(
        "programme/ledger/differences/", differences.DifferenceListView.as_view(), name="ledger-differences"
    ),
    path(
        "programme/ledger/differences/<int:pk>/",
        differences.DifferenceView.as_view(),
        name="ledger-difference",
    ),
    path(
        "programme/ledger/differences/<int:pk>/take/",
        differences.DifferenceTakeView.as_view(),
        name="ledger-difference-take",
    ),
    path(
        "programme/ledger/differences/<int:pk>/refund/",
        differences.CreditRefundView.as_view(),
        name="ledger-difference-refund",
    ),
    path("programme/ledger/check/", differences.CheckView.as_view(), name="ledger-check"),
    path("programme/ledger/reports/", differences.ReportsView.as_view(), name="provider-reports"),
    path("programme/commissions/", rates.CommissionListView.as_view(), name="commissions"),
    path("programme/commissions/new/", rates.CommissionCreateView.as_view(), name="commission-new"),
    path("programme/commissions/<int:pk>/", rates.CommissionUpdateView.as_view(), name="commission"),
    path("programme/commissions/withholding/", rates.WithholdingView.as_view(), name="withholding"),
    path(
        "programme/commissions/withholding/new/",
        rates.WithholdingCreateView.as_view(),
        name="withholding-new",
    ),
    path(
        "programme/commissions/withholding/<int:pk>/confirm/",
        rates.WithholdingConfirmView.as_view(),
        name="withholding-confirm",
    ),
    path("programme/commissions/withholding/sets/", rates.SetTaxKindView.as_view(), name="withholding-set"),
]
