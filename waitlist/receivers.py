"""What the waitlist hears from the apps below it."""
