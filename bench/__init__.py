"""The benchmarks: `python -m bench`. README.md says how to read what they print."""
