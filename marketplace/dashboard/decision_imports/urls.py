"""Addresses of the screens that import decision lists, inside the back office."""

from django.urls import path

from marketplace.dashboard.decision_imports import suggestion_views, views

urlpatterns = [
    path("programme/imports/", views.ImportListView.as_view(), name="imports"),
    path("programme/imports/<int:pk>/", views.ImportView.as_view(), name="import"),
    path("programme/imports/<int:pk>/progress/", views.ImportProgressView.as_view(), name="import-progress"),
    path("programme/imports/<int:pk>/confirm/", views.ImportConfirmView.as_view(), name="import-confirm"),
    path("programme/imports/<int:pk>/column/", views.ImportColumnView.as_view(), name="import-column"),
    path(
        "programme/imports/columns/<int:pk>/forget/",
        views.ImportColumnForgetView.as_view(),
        name="import-column-forget",
    ),
    path("programme/imports/<int:pk>/answer/", views.ImportAnswerView.as_view(), name="import-answer"),
    path("programme/imports/<int:pk>/verify/", views.ImportVerifyView.as_view(), name="import-verify"),
    path("programme/imports/<int:pk>/mend.csv", views.ImportMendView.as_view(), name="import-mend"),
    path("programme/suggestions/", suggestion_views.SuggestionListView.as_view(), name="suggestions"),
    path("programme/suggestions/sets/", suggestion_views.SetAcceptView.as_view(), name="suggestion-sets"),
    path(
        "programme/suggestions/communes/",
        suggestion_views.SoleCommunesAcceptView.as_view(),
        name="suggestion-communes",
    ),
    path(
        "programme/suggestions/<int:pk>/commune/",
        suggestion_views.CommuneAcceptView.as_view(),
        name="suggestion-commune",
    ),
]
