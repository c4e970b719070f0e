"""The back office, under `/vi/quan-ly/` and `/en/work/`.

Every view takes a mixin of `marketplace.dashboard.access`; a test walks all of these addresses as the wrong person.
"""

from django.urls import path

from marketplace.dashboard import (
    campaign_choices,
    producer_goods,
    producer_orders,
    producer_packs,
    producer_pictures,
    staff_campaigns,
    staff_members,
    staff_order_changes,
    staff_orders,
    staff_producers,
    staff_search,
    staff_search_explain,
    staff_search_index,
    today,
)
from marketplace.dashboard.aftersale.urls import urlpatterns as aftersale_urlpatterns
from marketplace.dashboard.audit_log.urls import urlpatterns as audit_urlpatterns
from marketplace.dashboard.decision_imports.urls import urlpatterns as import_urlpatterns
from marketplace.dashboard.delivery.urls import urlpatterns as delivery_urlpatterns
from marketplace.dashboard.held.urls import urlpatterns as held_urlpatterns
from marketplace.dashboard.invoices.urls import urlpatterns as invoice_urlpatterns
from marketplace.dashboard.joining.urls import urlpatterns as joining_urlpatterns
from marketplace.dashboard.ledger.urls import urlpatterns as ledger_urlpatterns
from marketplace.dashboard.lexicon.urls import urlpatterns as lexicon_urlpatterns
from marketplace.dashboard.merging.urls import urlpatterns as merging_urlpatterns
from marketplace.dashboard.messages.urls import urlpatterns as message_urlpatterns
from marketplace.dashboard.offers.urls import urlpatterns as offer_urlpatterns
from marketplace.dashboard.papers.urls import urlpatterns as paper_urlpatterns
from marketplace.dashboard.payments.urls import urlpatterns as payment_urlpatterns
from marketplace.dashboard.payouts.urls import urlpatterns as payout_urlpatterns
from marketplace.dashboard.people.urls import urlpatterns as people_urlpatterns
from marketplace.dashboard.questions.urls import urlpatterns as question_urlpatterns
from marketplace.dashboard.reviews.urls import urlpatterns as review_urlpatterns
from marketplace.dashboard.team.urls import urlpatterns as team_urlpatterns
from marketplace.dashboard.transfers.urls import urlpatterns as transfer_urlpatterns

app_name = "dashboard"

producer = "p/<int:producer_pk>/"

urlpatterns = [
    path("", today.IndexView.as_view(), name="index"),
    # A producer's workplace
    path(producer, today.ProducerTodayView.as_view(), name="today"),
    path(f"{producer}orders/", producer_orders.ConsignmentListView.as_view(), name="consignments"),
    path(f"{producer}orders/<int:pk>/", producer_orders.ConsignmentDetailView.as_view(), name="consignment"),
    path(
        f"{producer}orders/<int:pk>/note.pdf",
        producer_orders.DeliveryNoteView.as_view(),
        name="delivery-note",
    ),
    path(
        f"{producer}orders/<int:pk>/<slug:step>/",
        producer_orders.ConsignmentStepView.as_view(),
        name="consignment-step",
    ),
    path(f"{producer}goods/", producer_goods.GoodsView.as_view(), name="goods"),
    path(f"{producer}goods/<int:pk>/", producer_goods.GoodView.as_view(), name="own-good"),
    path(f"{producer}goods/<int:pk>/texts/", producer_goods.TextsView.as_view(), name="texts"),
    path(f"{producer}goods/<int:pk>/season/", producer_goods.SeasonUpdateView.as_view(), name="season"),
    path(f"{producer}goods/<int:pk>/packs/new/", producer_packs.PackCreateView.as_view(), name="pack-new"),
    path(f"{producer}goods/packs/<int:pk>/", producer_packs.PackUpdateView.as_view(), name="pack"),
    path(f"{producer}goods/packs/<int:pk>/edit/", producer_packs.PackEditView.as_view(), name="pack-edit"),
    path(f"{producer}goods/packs/<int:pk>/lead/", producer_packs.PackLeadView.as_view(), name="pack-lead"),
    path(f"{producer}goods/packs/<int:pk>/off/", producer_packs.PackOffView.as_view(), name="pack-off"),
    path(f"{producer}goods/packs/<int:pk>/on/", producer_packs.PackOnView.as_view(), name="pack-on"),
    path(f"{producer}goods/<int:pk>/pictures/", producer_pictures.PicturesView.as_view(), name="pictures"),
    path(
        f"{producer}goods/<int:pk>/pictures/waiting/",
        producer_pictures.PicturesWaitingView.as_view(),
        name="pictures-waiting",
    ),
    path(
        f"{producer}goods/pictures/<int:pk>/", producer_pictures.PictureDescribeView.as_view(), name="picture"
    ),
    path(
        f"{producer}goods/pictures/<int:pk>/move/",
        producer_pictures.PictureMoveView.as_view(),
        name="picture-move",
    ),
    path(
        f"{producer}goods/pictures/<int:pk>/remove/",
        producer_pictures.PictureRemoveView.as_view(),
        name="picture-remove",
    ),
    # The programme
    path("programme/", today.ProgrammeTodayView.as_view(), name="programme"),
    path("programme/orders/", staff_orders.OrderListView.as_view(), name="orders"),
    path("programme/orders/<str:number>/", staff_orders.OrderDetailView.as_view(), name="order"),
    path(
        "programme/orders/<str:number>/cancel/",
        staff_order_changes.OrderCancelView.as_view(),
        name="order-cancel",
    ),
    path(
        "programme/orders/<str:number>/consignments/<int:pk>/cancel/",
        staff_order_changes.OrderConsignmentCancelView.as_view(),
        name="order-consignment-cancel",
    ),
    path(
        "programme/orders/<str:number>/consignments/<int:pk>/return/",
        staff_order_changes.OrderConsignmentReturnView.as_view(),
        name="order-consignment-return",
    ),
    path(
        "programme/orders/<str:number>/consignments/<int:pk>/goodwill/",
        staff_order_changes.GoodwillView.as_view(),
        name="order-goodwill",
    ),
    path(
        "programme/orders/<str:number>/payments/<int:pk>/refund/",
        staff_order_changes.PaymentRefundView.as_view(),
        name="order-payment-refund",
    ),
    path(
        "programme/orders/<str:number>/refunds/<int:pk>/retry/",
        staff_order_changes.RefundRetryView.as_view(),
        name="order-refund-retry",
    ),
    path(
        "programme/orders/<str:number>/refunds/<int:pk>/transfer/",
        staff_order_changes.RefundTransferView.as_view(),
        name="order-refund-transfer",
    ),
    path("programme/producers/", staff_producers.ProducerListView.as_view(), name="producers"),
    path("programme/producers/<int:pk>/", staff_producers.ProducerDetailView.as_view(), name="producer"),
    path(
        "programme/producers/<int:pk>/edit/", staff_producers.ProducerEditView.as_view(), name="producer-edit"
    ),
    path(
        "programme/producers/<int:pk>/number/",
        staff_producers.ProducerNumberView.as_view(),
        name="producer-number",
    ),
    path(
        "programme/producers/<int:pk>/verify/",
        staff_producers.ProducerVerifyView.as_view(),
        name="producer-verify",
    ),
    path(
        "programme/producers/<int:pk>/refuse/",
        staff_producers.ProducerRefuseView.as_view(),
        name="producer-refuse",
    ),
    path(
        "programme/producers/<int:pk>/suspend/",
        staff_producers.ProducerSuspendView.as_view(),
        name="producer-suspend",
    ),
    path("programme/producers/<int:pk>/members/", staff_members.MembersView.as_view(), name="members"),
    path(
        "programme/members/<int:pk>/remove/", staff_members.MemberRemoveView.as_view(), name="member-remove"
    ),
    path("programme/searches/", staff_search.SearchFiguresView.as_view(), name="searches"),
    path(
        "programme/searches/explain/",
        staff_search_explain.SearchExplainView.as_view(),
        name="search-explain",
    ),
    path("programme/searches/redirects/", staff_search.RedirectListView.as_view(), name="search-redirects"),
    path(
        "programme/searches/redirects/new/",
        staff_search.RedirectCreateView.as_view(),
        name="search-redirect-new",
    ),
    path(
        "programme/searches/redirects/<int:pk>/",
        staff_search.RedirectUpdateView.as_view(),
        name="search-redirect",
    ),
    path(
        "programme/searches/redirects/<int:pk>/delete/",
        staff_search.RedirectDeleteView.as_view(),
        name="search-redirect-delete",
    ),
    path("programme/campaigns/", staff_campaigns.CampaignListView.as_view(), name="campaigns"),
    path("programme/campaigns/new/", staff_campaigns.CampaignCreateView.as_view(), name="campaign-new"),
    path("programme/campaigns/<int:pk>/", staff_campaigns.CampaignDetailView.as_view(), name="campaign"),
    path(
        "programme/campaigns/<int:pk>/edit/",
        staff_campaigns.CampaignUpdateView.as_view(),
        name="campaign-edit",
    ),
    path(
        "programme/campaigns/<int:pk>/choice/<slug:kind>/",
        campaign_choices.ChoiceView.as_view(),
        name="campaign-choice",
    ),
    path(
        "programme/campaigns/<int:pk>/choice/<slug:kind>/clear/",
        campaign_choices.ChoiceClearView.as_view(),
        name="campaign-choice-clear",
    ),
    path(
        "programme/campaigns/<int:pk>/schedule/",
        staff_campaigns.CampaignScheduleView.as_view(),
        name="campaign-schedule",
    ),
    path(
        "programme/campaigns/<int:pk>/stop/", staff_campaigns.CampaignStopView.as_view(), name="campaign-stop"
    ),
    path("programme/search-index/", staff_search_index.SearchIndexView.as_view(), name="search-index"),
    path(
        "programme/search-index/check/",
        staff_search_index.SearchIndexCheckView.as_view(),
        name="search-index-check",
    ),
    path(
        "programme/search-index/retry/",
        staff_search_index.SearchIndexRetryView.as_view(),
        name="search-index-retry",
    ),
    *aftersale_urlpatterns,
    *delivery_urlpatterns,
    *paper_urlpatterns,
    *review_urlpatterns,
    *message_urlpatterns,
    *question_urlpatterns,
    *people_urlpatterns,
    *held_urlpatterns,
    *audit_urlpatterns,
    *import_urlpatterns,
    *lexicon_urlpatterns,
    *invoice_urlpatterns,
    *joining_urlpatterns,
    *merging_urlpatterns,
    *team_urlpatterns,
    *ledger_urlpatterns,
    *offer_urlpatterns,
    *payment_urlpatterns,
    *payout_urlpatterns,
    *transfer_urlpatterns,
]
