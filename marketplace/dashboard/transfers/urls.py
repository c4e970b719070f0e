"""Addresses of the screens for bank transfers, inside the back office."""

from django.urls import path

from marketplace.dashboard.transfers import accounts, statements, transfers

urlpatterns = [
    path("programme/transfers/", transfers.TransferListView.as_view(), name="transfers"),
    path("programme/transfers/<int:pk>/", transfers.TransferView.as_view(), name="transfer"),
    path("programme/transfers/<int:pk>/match/", transfers.TransferMatchView.as_view(), name="transfer-match"),
    path("programme/transfers/<int:pk>/split/", transfers.TransferSplitView.as_view(), name="transfer-split"),
    path("programme/transfers/<int:pk>/debt/", transfers.TransferDebtView.as_view(), name="transfer-debt"),
    path("programme/transfers/<int:pk>/same/", transfers.TransferSameView.as_view(), name="transfer-same"),
    path(
        "programme/transfers/<int:pk>/no-order/",
        transfers.TransferNoOrderView.as_view(),
        name="transfer-no-order",
    ),
    path(
        "programme/transfers/<int:pk>/return/", transfers.TransferReturnView.as_view(), name="transfer-return"
    ),
    path(
        "programme/transfers/<int:pk>/returned/",
        transfers.TransferReturnedView.as_view(),
        name="transfer-returned",
    ),
    path("programme/transfers/statements/", statements.StatementListView.as_view(), name="statements"),
    path(
        "programme/transfers/statements/sample.csv",
        statements.StatementSampleView.as_view(),
        name="statement-sample",
    ),
    path("programme/transfers/statements/<int:pk>/", statements.StatementView.as_view(), name="statement"),
    path(
        "programme/transfers/statements/<int:pk>/columns/",
        statements.StatementColumnsView.as_view(),
        name="statement-columns",
    ),
    path(
        "programme/transfers/statements/<int:pk>/take/",
        statements.StatementTakeView.as_view(),
        name="statement-take",
    ),
    path(
        "programme/transfers/statements/<int:pk>/discard/",
        statements.StatementDiscardView.as_view(),
        name="statement-discard",
    ),
    path("programme/transfers/accounts/", accounts.AccountListView.as_view(), name="receiving-accounts"),
    path(
        "programme/transfers/accounts/new/",
        accounts.AccountCreateView.as_view(),
        name="receiving-account-new",
    ),
    path(
        "programme/transfers/accounts/<int:pk>/use/",
        accounts.AccountUseView.as_view(),
        name="receiving-account-use",
    ),
    path(
        "programme/transfers/accounts/<int:pk>/rest/",
        accounts.AccountRestView.as_view(),
        name="receiving-account-rest",
    ),
]
