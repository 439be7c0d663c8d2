"""What tests stand on: databases, a clock, servers, a browser. Nothing here knows the business."""
