"""Public pages of questions: all of a good, asking one, the rules, and the way to report one."""

from catalogue.questions import views
from marketplace.locale_urls import localized_path

app_name = "questions"

_OF_GOOD = "{products}/<slug:slug>-<int:pk>/{questions}/"

urlpatterns = [
    localized_path(_OF_GOOD, views.questions_of_good, name="of-good"),
    localized_path(f"{_OF_GOOD}{{new}}/", views.QuestionAskView.as_view(), name="ask"),
    localized_path("{question-rules}/", views.question_rules, name="rules"),
    localized_path("{questions}/<int:pk>/{report}/", views.QuestionReportView.as_view(), name="report"),
]
