"""Addresses of a producer's own team."""

from django.urls import path

from marketplace.dashboard.team import screens

team = "p/<int:producer_pk>/team/"

urlpatterns = [
    path(team, screens.TeamView.as_view(), name="team"),
    path(f"{team}invite/", screens.InviteView.as_view(), name="team-invite"),
    path(f"{team}leave/", screens.LeaveView.as_view(), name="team-leave"),
    path(
        f"{team}invitations/<int:pk>/withdraw/",
        screens.InvitationWithdrawView.as_view(),
        name="team-invitation-withdraw",
    ),
    path(f"{team}<int:pk>/role/", screens.MemberRoleView.as_view(), name="team-role"),
    path(f"{team}<int:pk>/out/", screens.MemberOutView.as_view(), name="team-out"),
]
