"""Addresses of making one producer of two entries."""

from django.urls import path

from marketplace.dashboard.merging import screens

urlpatterns = [
    path("programme/producers/<int:pk>/merge/", screens.MergeView.as_view(), name="producer-merge"),
    path("programme/merges/<int:pk>/undo/", screens.MergeUndoView.as_view(), name="merge-undo"),
]
