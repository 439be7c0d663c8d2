"""What may be said about instruments, on pages and in JSON; the shapes are those of `api.md`."""
