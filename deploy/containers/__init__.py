"""What runs once inside the containers, and `make containers`, which tries them from outside."""
