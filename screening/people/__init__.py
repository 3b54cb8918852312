"""The people whom policies bind: a roster, what links their pictures, a verdict on each."""
