"""What an order is worth: the rules, the terms that they make, and what is due by them."""
