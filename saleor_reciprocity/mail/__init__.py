"""Mail: what is to be told to customers by e-mail."""
