"""Addresses of the screens that import decision lists, inside the back office."""

from marketplace.dashboard.decision_imports import suggestion_views, views
from marketplace.locale_urls import localized_path

urlpatterns = [
    localized_path("{imports}/", views.ImportListView.as_view(), name="imports"),
    localized_path("{imports}/<int:pk>/", views.ImportView.as_view(), name="import"),
    localized_path(
        "{imports}/<int:pk>/progress/", views.ImportProgressView.as_view(), name="import-progress"
    ),
    localized_path("{imports}/<int:pk>/confirm/", views.ImportConfirmView.as_view(), name="import-confirm"),
    localized_path("{imports}/<int:pk>/column/", views.ImportColumnView.as_view(), name="import-column"),
    localized_path("{imports}/<int:pk>/answer/", views.ImportAnswerView.as_view(), name="import-answer"),
    localized_path("{imports}/<int:pk>/mend.csv", views.ImportMendView.as_view(), name="import-mend"),
    localized_path("{suggestions}/", suggestion_views.SuggestionListView.as_view(), name="suggestions"),
    localized_path("{suggestions}/sets/", suggestion_views.SetAcceptView.as_view(), name="suggestion-sets"),
    localized_path(
        "{suggestions}/<int:pk>/commune/",
        suggestion_views.CommuneAcceptView.as_view(),
        name="suggestion-commune",
    ),
]
