"""The benchmarks behind the published figures; `make bench` runs them. Always ratios, side by side in one run."""
