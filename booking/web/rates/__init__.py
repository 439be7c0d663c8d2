"""Who asks too much is asked to wait: by address and by account, whichever process answers."""
