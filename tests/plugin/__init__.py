"""The plugin as its users have it: in pytest runs of their own."""
