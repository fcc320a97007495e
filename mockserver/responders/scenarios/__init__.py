"""Scripted failures: what a scenario says, whether it makes sense, when it fires. Must not know what a fault does."""
