"""JSON of the room."""
