"""Reports: whether the programme brings customers back, what it costs and owes, and how it is used. Reads only."""
