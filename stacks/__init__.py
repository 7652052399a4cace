"""What is deployed together, in the order in which it is deployed."""
