"""Addresses of applications to sell."""

from django.urls import path

from marketplace.dashboard.joining import staff

applications = "programme/applications/"

urlpatterns = [
    path(applications, staff.ApplicationListView.as_view(), name="applications"),
    path(f"{applications}<int:pk>/", staff.ApplicationView.as_view(), name="application"),
    path(f"{applications}papers/<int:pk>/", staff.ApplicationPaperView.as_view(), name="application-paper"),
    path(
        f"{applications}<int:pk>/approve/", staff.ApplicationApproveView.as_view(), name="application-approve"
    ),
    path(
        f"{applications}<int:pk>/<slug:step>/", staff.ApplicationStepView.as_view(), name="application-step"
    ),
]
