"""What waits or is stuck in one service, and how it goes on: the same for each of the three."""
