"""What happened, by whom, when and why; append-only."""
