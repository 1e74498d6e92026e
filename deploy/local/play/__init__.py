"""The model event, played from outside: through HTTP and mail only, as organiser, attendees and door."""
