"""Letters as files: for demonstrations, and for centres that have somebody else collect them."""

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folder:
    """One `.eml` for each letter; whoever can read the folder can use the links in them."""

    path: Path

    def send(self, message: EmailMessage) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        (self.path / f"{name}.eml").write_bytes(message.as_bytes())
