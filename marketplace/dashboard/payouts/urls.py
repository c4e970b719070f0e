"""Addresses of the money that leaves."""

from django.urls import path

from marketplace.dashboard.payouts import (
    batch_screens,
    producer_money,
    result_screens,
    seller_money,
    statement_screens,
    terms_screens,
)

producer = "p/<int:producer_pk>/money/"
programme = "programme/payouts/"

urlpatterns = [
    # A producer's workplace
    path(producer, producer_money.MoneyView.as_view(), name="money"),
    path(f"{producer}ask/", producer_money.MoneyAskView.as_view(), name="money-ask"),
    path(f"{producer}owed.png", producer_money.MoneyCodeView.as_view(), name="money-code"),
    path(f"{producer}account/", producer_money.AccountView.as_view(), name="money-account"),
    path(f"{producer}payouts/<int:pk>/", producer_money.MoneyPayoutView.as_view(), name="money-payout"),
    path(f"{producer}statement/", statement_screens.MoneyStatementView.as_view(), name="money-statement"),
    path(
        f"{producer}statement/file.<slug:form>",
        statement_screens.MoneyStatementFileView.as_view(),
        name="money-statement-file",
    ),
    # Finance
    path(programme, batch_screens.BatchListView.as_view(), name="payouts"),
    path(f"{programme}new/", batch_screens.BatchCreateView.as_view(), name="payout-batch-new"),
    path(f"{programme}<int:pk>/", batch_screens.BatchView.as_view(), name="payout-batch"),
    path(
        f"{programme}<int:pk>/approve/", batch_screens.BatchApproveView.as_view(), name="payout-batch-approve"
    ),
    path(f"{programme}<int:pk>/file/", batch_screens.BatchFileView.as_view(), name="payout-batch-file"),
    path(f"{programme}<int:pk>/cancel/", batch_screens.BatchCancelView.as_view(), name="payout-batch-cancel"),
    path(f"{programme}<int:pk>/result/", result_screens.ResultReadView.as_view(), name="payout-result-read"),
    path(
        f"{programme}transfers/<int:pk>/out/",
        batch_screens.PayoutTakeOutView.as_view(),
        name="payout-take-out",
    ),
    path(
        f"{programme}transfers/<int:pk>/settle/",
        result_screens.PayoutSettleView.as_view(),
        name="payout-settle",
    ),
    path(f"{programme}results/<int:pk>/", result_screens.ResultView.as_view(), name="payout-result"),
    path(
        f"{programme}results/<int:pk>/apply/",
        result_screens.ResultApplyView.as_view(),
        name="payout-result-apply",
    ),
    path(f"{programme}producers/", seller_money.SellerMoneyListView.as_view(), name="sellers-money"),
    path(f"{programme}producers/<int:pk>/", seller_money.SellerMoneyView.as_view(), name="seller-money"),
    path(f"{programme}producers/<int:pk>/hold/", seller_money.PayoutsHoldView.as_view(), name="payouts-hold"),
    path(
        f"{programme}producers/<int:pk>/release/",
        seller_money.PayoutsReleaseView.as_view(),
        name="payouts-release",
    ),
    path(
        f"{programme}producers/<int:pk>/account/confirm/",
        seller_money.AccountConfirmView.as_view(),
        name="account-confirm",
    ),
    path(
        f"{programme}producers/<int:pk>/account/refuse/",
        seller_money.AccountRefuseView.as_view(),
        name="account-refuse",
    ),
    path(
        f"{programme}producers/<int:pk>/statement/",
        statement_screens.SellerStatementView.as_view(),
        name="seller-statement",
    ),
    path(
        f"{programme}producers/<int:pk>/statement/file.<slug:form>",
        statement_screens.SellerStatementFileView.as_view(),
        name="seller-statement-file",
    ),
    path(f"{programme}terms/", terms_screens.TermsListView.as_view(), name="payout-terms"),
    path(f"{programme}terms/new/", terms_screens.TermsCreateView.as_view(), name="payout-terms-new"),
]
