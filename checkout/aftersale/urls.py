"""Addresses of a buyer's cases, in both languages, under the signed address of the order."""

from checkout.aftersale import review_views, views
from marketplace.locale_urls import localized_path

app_name = "aftersale"

_CASES = "{orders}/<str:token>/{cases}/"

urlpatterns = [
    localized_path(f"{_CASES}{{new}}/<int:consignment>/", views.CaseOpenView.as_view(), name="open"),
    localized_path(f"{_CASES}<int:pk>/", views.CaseView.as_view(), name="case"),
    localized_path(f"{_CASES}<int:pk>/{{message}}/", views.CaseMessageView.as_view(), name="message"),
    localized_path(f"{_CASES}<int:pk>/{{withdraw}}/", views.CaseWithdrawView.as_view(), name="withdraw"),
    localized_path(f"{_CASES}<int:pk>/{{ask-the-programme}}/", views.CaseAppealView.as_view(), name="appeal"),
    localized_path(f"{_CASES}<int:pk>/{{sent-back}}/", views.CaseSentBackView.as_view(), name="sent-back"),
    localized_path(
        "{orders}/<str:token>/{reviews}/<int:line>/", review_views.ReviewWriteView.as_view(), name="review"
    ),
    localized_path(f"{_CASES}{{pictures}}/<int:pk>/", views.CasePictureView.as_view(), name="picture"),
]
