"""Files of reports that are papers."""
