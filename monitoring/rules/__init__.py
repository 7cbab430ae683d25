"""The rules that `monitoring.compile` applies: pure functions from data to reasons in words, no network."""
