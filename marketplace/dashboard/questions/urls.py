"""Addresses of questions, saved answers and blocked words inside the back office."""

from django.urls import path

from marketplace.dashboard.questions import blocked_words, producer, saved, staff

_OWN = "p/<int:producer_pk>/questions/"
_SAVED = "p/<int:producer_pk>/saved-answers/"

urlpatterns = [
    path(_OWN, producer.OwnQuestionListView.as_view(), name="own-questions"),
    path(f"{_OWN}<int:pk>/answer/", producer.OwnQuestionAnswerView.as_view(), name="own-question-answer"),
    path(_SAVED, saved.SavedAnswerListView.as_view(), name="own-saved-answers"),
    path(f"{_SAVED}new/", saved.SavedAnswerCreateView.as_view(), name="own-saved-answer-new"),
    path(f"{_SAVED}<int:pk>/", saved.SavedAnswerUpdateView.as_view(), name="own-saved-answer"),
    path(f"{_SAVED}<int:pk>/delete/", saved.SavedAnswerDeleteView.as_view(), name="own-saved-answer-delete"),
    path("programme/questions/", staff.QuestionListView.as_view(), name="questions"),
    path("programme/questions/<int:pk>/", staff.QuestionDetailView.as_view(), name="question"),
    path("programme/questions/<int:pk>/<slug:step>/", staff.QuestionStepView.as_view(), name="question-step"),
    path("programme/blocked-words/", blocked_words.BlockedWordListView.as_view(), name="blocked-words"),
    path(
        "programme/blocked-words/new/", blocked_words.BlockedWordCreateView.as_view(), name="blocked-word-new"
    ),
    path(
        "programme/blocked-words/<int:pk>/",
        blocked_words.BlockedWordUpdateView.as_view(),
        name="blocked-word",
    ),
    path(
        "programme/blocked-words/<int:pk>/delete/",
        blocked_words.BlockedWordDeleteView.as_view(),
        name="blocked-word-delete",
    ),
]
