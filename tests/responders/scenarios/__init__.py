"""What scenarios say, and when their rules fire."""
