"""A person's own pages, under `/vi/tai-khoan/` and `/en/account/`."""

from marketplace.customer import devices, notices, team, views
from marketplace.customer.joining import views as joining
from marketplace.locale_urls import localized_path

app_name = "customer"

urlpatterns = [
    localized_path("", views.HomeView.as_view(), name="home"),
    localized_path("{orders}/", views.OrderListView.as_view(), name="orders"),
    localized_path("{particulars}/", views.ProfileView.as_view(), name="profile"),
    localized_path("{addresses}/", views.AddressListView.as_view(), name="addresses"),
    localized_path("{addresses}/{new}/", views.AddressEditView.as_view(), name="address-new"),
    localized_path("{addresses}/<int:pk>/", views.AddressEditView.as_view(), name="address"),
    localized_path(
        "{addresses}/<int:pk>/{default}/", views.AddressDefaultView.as_view(), name="address-default"
    ),
    localized_path(
        "{addresses}/<int:pk>/{delete}/", views.AddressDeleteView.as_view(), name="address-delete"
    ),
    localized_path("{sell-here}/", joining.JoiningView.as_view(), name="joining"),
    localized_path("{sell-here}/{send}/", joining.SubmitView.as_view(), name="joining-submit"),
    localized_path("{sell-here}/{papers}/<int:pk>/", joining.OwnPaperView.as_view(), name="joining-paper"),
    localized_path(
        "{sell-here}/{papers}/<int:pk>/{delete}/",
        joining.PaperRemoveView.as_view(),
        name="joining-paper-remove",
    ),
    localized_path("{sell-here}/<slug:step>/", joining.StepView.as_view(), name="joining-step"),
    localized_path("{invitation}/<str:token>/", team.InvitationView.as_view(), name="invitation"),
    localized_path("{notices}/", notices.NoticeListView.as_view(), name="notices"),
    localized_path("{notices}/{count}/", notices.NoticeCountView.as_view(), name="notice-count"),
    localized_path("{notices}/{read}/", notices.NoticesReadView.as_view(), name="notices-read"),
    localized_path("{notices}/{choices}/", notices.NoticeChoicesView.as_view(), name="notice-choices"),
    localized_path("{notices}/<int:pk>/", notices.NoticeView.as_view(), name="notice"),
    localized_path("{notices}/{devices}/", devices.DeviceAddView.as_view(), name="device-add"),
    localized_path("{notices}/{devices}/<int:pk>/", devices.DeviceRemoveView.as_view(), name="device-remove"),
    localized_path("{privacy}/", views.PrivacyView.as_view(), name="privacy"),
    localized_path("{privacy}/{my-data}/", views.PersonalDataView.as_view(), name="personal-data"),
    localized_path("{privacy}/{delete}/", views.AccountDeleteView.as_view(), name="delete"),
]
