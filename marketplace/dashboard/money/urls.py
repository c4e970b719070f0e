"""Addresses of the screens of the ledger, inside the back office."""

from django.urls import path

from marketplace.dashboard.money import differences, ledger, rates

urlpatterns = [
    path("programme/money/", ledger.LedgerView.as_view(), name="money"),
    path("programme/money/accounts/<int:pk>/", ledger.AccountView.as_view(), name="money-account"),
    path("programme/money/producers/", ledger.ProducerBalancesView.as_view(), name="money-producers"),
    path("programme/money/orders/<str:number>/", ledger.OrderEntriesView.as_view(), name="money-order"),
    path("programme/money/differences/", differences.DifferenceListView.as_view(), name="money-differences"),
    path(
        "programme/money/differences/<int:pk>/",
        differences.DifferenceView.as_view(),
        name="money-difference",
    ),
    path(
        "programme/money/differences/<int:pk>/take/",
        differences.DifferenceTakeView.as_view(),
        name="money-difference-take",
    ),
    path("programme/money/check/", differences.CheckView.as_view(), name="money-check"),
    path("programme/money/reports/", differences.ReportsView.as_view(), name="provider-reports"),
    path("programme/commissions/", rates.CommissionListView.as_view(), name="commissions"),
    path("programme/commissions/new/", rates.CommissionCreateView.as_view(), name="commission-new"),
    path("programme/commissions/<int:pk>/", rates.CommissionUpdateView.as_view(), name="commission"),
    path("programme/withholding/", rates.WithholdingView.as_view(), name="withholding"),
    path("programme/withholding/new/", rates.WithholdingCreateView.as_view(), name="withholding-new"),
    path(
        "programme/withholding/<int:pk>/confirm/",
        rates.WithholdingConfirmView.as_view(),
        name="withholding-confirm",
    ),
    path("programme/withholding/sets/", rates.SetTaxKindView.as_view(), name="withholding-set"),
]
