"""Questions to the trail: what happened, to what, and whether the chain holds."""
