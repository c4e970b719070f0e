"""Addresses of reviews inside the back office."""

from django.urls import path

from marketplace.dashboard.reviews import producer, staff

_OWN = "p/<int:producer_pk>/reviews/"

urlpatterns = [
    path(_OWN, producer.OwnReviewListView.as_view(), name="own-reviews"),
    path(f"{_OWN}<int:pk>/reply/", producer.OwnReviewReplyView.as_view(), name="own-review-reply"),
    path("programme/reviews/", staff.ReviewListView.as_view(), name="reviews"),
    path("programme/reviews/<int:pk>/", staff.ReviewDetailView.as_view(), name="review"),
    path("programme/reviews/<int:pk>/<slug:step>/", staff.ReviewStepView.as_view(), name="review-step"),
]
