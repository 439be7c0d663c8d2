"""What people send as files: judged by content, kept outside the web root, served with care."""
