"""Addresses of delivery inside the back office."""

from django.urls import path

from marketplace.dashboard.delivery import (
    carriers,
    cooling,
    days,
    goods,
    parcels,
    points,
    shelf,
    tables,
    trial,
    withdrawals,
)

own = "p/<int:producer_pk>/delivery/"

urlpatterns = [
    path("programme/delivery/", tables.TariffListView.as_view(), name="tariffs"),
    path("programme/delivery/new/", tables.TariffCreateView.as_view(), name="tariff-new"),
    path("programme/delivery/<int:pk>/", tables.TariffUpdateView.as_view(), name="tariff"),
    path("programme/delivery/<int:pk>/file.xlsx", tables.TariffFileView.as_view(), name="tariff-file"),
    path("programme/delivery/<int:pk>/upload/", tables.TariffUploadView.as_view(), name="tariff-upload"),
    path("programme/delivery/trial/", trial.TrialView.as_view(), name="delivery-trial"),
    path("programme/delivery/cooling/", cooling.CoolingView.as_view(), name="cooling"),
    path("programme/delivery/holidays/", days.HolidaysView.as_view(), name="holidays"),
    path(
        "programme/delivery/holidays/<int:pk>/remove/",
        days.HolidayRemoveView.as_view(),
        name="holiday-remove",
    ),
    path(
        "programme/delivery/holidays/<int:pk>/confirm/",
        days.HolidayConfirmView.as_view(),
        name="holiday-confirm",
    ),
    path("programme/delivery/points/", points.PointListView.as_view(), name="pickup-points"),
    path("programme/delivery/points/new/", points.PointView.as_view(), name="pickup-point-new"),
    path("programme/delivery/points/<int:pk>/", points.PointView.as_view(), name="pickup-point"),
    path("programme/delivery/carriers/", carriers.CarrierListView.as_view(), name="carriers"),
    path("programme/delivery/carriers/new/", carriers.CarrierView.as_view(), name="carrier-new"),
    path("programme/delivery/carriers/<int:pk>/", carriers.CarrierView.as_view(), name="carrier"),
    path(
        "programme/delivery/reports/<int:pk>/retry/", carriers.ReportRetryView.as_view(), name="report-retry"
    ),
    path(
        "programme/delivery/withdrawals/<int:pk>/again/",
        withdrawals.WithdrawAgainView.as_view(),
        name="withdraw-again",
    ),
    path(
        "programme/delivery/withdrawals/<int:pk>/phone/",
        withdrawals.WithdrawnByPhoneView.as_view(),
        name="withdrawn-by-phone",
    ),
    path("programme/delivery/reports/file/", carriers.TrackingFileView.as_view(), name="tracking-file"),
    path("programme/delivery/cash/", carriers.CashFileView.as_view(), name="cash-file"),
    # A producer's own
    path(f"{own}parcels/", parcels.ParcelsView.as_view(), name="own-parcels"),
    path(f"{own}parcels/chosen/", parcels.ParcelsActionView.as_view(), name="own-parcels-action"),
    path(f"{own}parcels/<int:pk>/label.pdf", parcels.ParcelLabelView.as_view(), name="own-parcel-label"),
    path(own, tables.OwnTariffListView.as_view(), name="own-tariffs"),
    path(f"{own}new/", tables.OwnTariffCreateView.as_view(), name="own-tariff-new"),
    path(f"{own}<int:pk>/", tables.OwnTariffUpdateView.as_view(), name="own-tariff"),
    path(f"{own}<int:pk>/file.xlsx", tables.OwnTariffFileView.as_view(), name="own-tariff-file"),
    path(f"{own}<int:pk>/upload/", tables.OwnTariffUploadView.as_view(), name="own-tariff-upload"),
    path("p/<int:producer_pk>/goods/<int:pk>/travel/", goods.TravelUpdateView.as_view(), name="travel"),
    path(f"{own}returned/<int:pk>/", shelf.ShelfView.as_view(), name="own-returned-goods"),
    path(f"{own}trial/", trial.OwnTrialView.as_view(), name="own-delivery-trial"),
    path(f"{own}week/", days.WeekView.as_view(), name="own-week"),
    path(f"{own}closed/", days.ClosedDaysAddView.as_view(), name="own-closed-days"),
    path(f"{own}closed/<int:pk>/remove/", days.ClosedDaysRemoveView.as_view(), name="own-closed-days-remove"),
]
