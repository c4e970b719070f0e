"""Addresses of the audit log, inside the back office."""

from django.urls import path

from marketplace.dashboard.audit_log import views

urlpatterns = [
    path("programme/audit/", views.AuditLogView.as_view(), name="audit"),
    path("programme/audit/audit.<str:format>", views.AuditExportView.as_view(), name="audit-export"),
]
