"""JSON: figures of utilisation, and reports that are filed."""
