"""What customers are told about their points: what ends soon, and what a month brought."""
