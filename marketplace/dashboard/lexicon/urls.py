"""Addresses of the screens of the lexicon, inside the back office."""

from django.urls import path

from marketplace.dashboard.lexicon import views

urlpatterns = [
    path("programme/lexicon/", views.GroupListView.as_view(), name="lexicon"),
    path("programme/lexicon/new/", views.GroupCreateView.as_view(), name="lexicon-new"),
    path("programme/lexicon/history/", views.HistoryView.as_view(), name="lexicon-history"),
    path("programme/lexicon/<int:pk>/", views.GroupUpdateView.as_view(), name="lexicon-group"),
    path("programme/lexicon/<int:pk>/switch/", views.GroupSwitchView.as_view(), name="lexicon-switch"),
]
