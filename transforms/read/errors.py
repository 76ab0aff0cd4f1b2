"""The error inside of the readers; outside of them it is always a Reject."""

from transforms.records import RejectReason


class StreamError(Exception):
    """The bytes cannot be read on: carries the reason, detail and excerpt of the Reject to be."""

    def __init__(self, reason: RejectReason, detail: str, excerpt: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.excerpt = excerpt
