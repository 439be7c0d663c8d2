"""Why a webhook was refused."""

from booking.kernel.errors import RulesBroken


class WebhookRefused(RulesBroken):
    """Its address cannot be sent to, or there are too many."""

    code = "webhook.refused"
