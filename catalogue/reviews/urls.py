"""Public pages of reviews: all of a good, the rules, and the way to report one."""

from catalogue.reviews import views
from marketplace.locale_urls import localized_path

app_name = "reviews"

urlpatterns = [
    localized_path("{products}/<slug:slug>-<int:pk>/{reviews}/", views.reviews_of_good, name="of-good"),
    localized_path("{review-rules}/", views.review_rules, name="rules"),
    localized_path("{reviews}/<int:pk>/{report}/", views.ReviewReportView.as_view(), name="report"),
]
