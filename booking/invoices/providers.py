"""What the bytes of a received invoice say."""

from booking.files.actions.receive import Received
from booking.files.providers.disk import Vault
from booking.files.rules.kinds import FileKind
from booking.invoices.rules.einvoice import NOTHING, FileSays, read_ofd, read_xml


def said_by(vault: Vault, received: Received | None) -> FileSays:
    """What the file says of its invoice; nothing without a file, or of a kind that says nothing."""
    readers = {FileKind.XML: read_xml, FileKind.OFD: read_ofd}
    if received is None or received.kind not in readers:
        return NOTHING
    return readers[received.kind](vault.path(received.name).read_bytes())
