"""The contract of the host modules."""
