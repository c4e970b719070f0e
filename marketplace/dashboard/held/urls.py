"""Addresses of the screens about orders that were put aside, inside the back office."""

from django.urls import path

from marketplace.dashboard.held import rules, views

urlpatterns = [
    path("programme/held/", views.HeldListView.as_view(), name="held"),
    path("programme/orders/<str:number>/release/", views.OrderReleaseView.as_view(), name="order-release"),
    path("programme/held/rules/", rules.RuleListView.as_view(), name="hold-rules"),
    path("programme/held/rules/new/", rules.RuleCreateView.as_view(), name="hold-rule-new"),
]
