"""What templates show of accounts."""
