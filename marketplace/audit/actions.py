"""What can be done in the back office, in words. Whoever adds a screen or a service that changes something adds its actions."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

ACTIONS: Final[dict[str, StrPromise]] = {
    # People
    "role.given": _("Gave a role"),
    "role.taken": _("Took a role away"),
    "member.added": _("Gave a producer's workplace to a person"),
    "member.removed": _("Took a producer's workplace from a person"),
    "audit.exported": _("Took out the audit log"),
    # Orders and money
    "order.cancelled": _("Cancelled an order"),
    "order.released": _("Let an order go on that was put aside"),
    "consignment.accepted": _("Accepted an order"),
    "consignment.packed": _("Packed an order"),
    "consignment.shipped": _("Shipped a parcel"),
    "consignment.delivered": _("Delivered a parcel"),
    "consignment.cancelled": _("Cancelled a consignment"),
    "consignment.returned": _("Recorded that a parcel came back"),
    "refund.requested": _("Sent money back"),
    "refund.retried": _("Tried a refund again"),
    "tariff.created": _("Added a delivery table"),
    "tariff.changed": _("Changed a delivery table"),
    # Producers
    "producer.edited": _("Changed a producer's particulars"),
    "seller.verified": _("Let a producer sell"),
    "seller.refused": _("Refused a producer as a seller"),
    "seller.suspended": _("Stopped a producer from selling"),
    # Goods and papers
    "listing.suspended": _("Suspended a listing"),
    "listing.restored": _("Restored a listing"),
    "good.season": _("Changed a product's season"),
    "good.texts": _("Changed a product's texts"),
    "good.set": _("Confirmed product sets"),
    "producer.commune": _("Confirmed communes"),
    "pack.created": _("Added a pack"),
    "pack.changed": _("Changed price or stock of a pack"),
    "pack.edited": _("Edited a pack"),
    "pack.leading": _("Chose the pack on the card"),
    "pack.off": _("Took a pack off sale"),
    "pack.on": _("Put a pack on sale again"),
    "picture.added": _("Added pictures"),
    "picture.described": _("Described a picture"),
    "picture.moved": _("Moved a picture"),
    "picture.removed": _("Removed a picture"),
    "certificate.recorded": _("Recorded a certificate"),
    "certificate.proposed": _("Recorded a proposal"),
    "certificate.closed": _("Closed a proposal"),
    "certificate.verified": _("Verified a certificate"),
    "certificate.evidence": _("Added the scan of a certificate"),
    "certificate.extended": _("Extended a certificate"),
    "certificate.withdrawn": _("Recorded a withdrawal"),
    "standard.recorded": _("Recorded a standard"),
    "standard.verified": _("Verified a standard"),
    "standard.ended": _("Ended a standard"),
    # Decision lists
    "list.uploaded": _("Uploaded a decision list"),
    "list.confirmed": _("Confirmed a decision list"),
    "list.column": _("Said what a column means"),
    "list.column_forgotten": _("Took back what a column means"),
    "list.answered": _("Answered questions of a decision list"),
    "list.verified": _("Verified the certificates of a decision list"),
    # Campaigns
    "campaign.created": _("Drafted a campaign"),
    "campaign.edited": _("Changed a campaign"),
    "campaign.chosen": _("Changed what a campaign covers"),
    "campaign.scheduled": _("Scheduled a campaign"),
    "campaign.stopped": _("Stopped a campaign"),
    # Search
    "redirect.saved": _("Changed where a search leads"),
    "redirect.deleted": _("Removed where a search leads"),
    "lexicon.saved": _("Changed words of the search"),
    "lexicon.switched": _("Switched words of the search on or off"),
    "index.checked": _("Started a check of the search index"),
    "index.retried": _("Let the search index try again"),
}
