"""What exists: the API as data. Must not know how it is spoken (`wire`) or what a tenant holds (`records`)."""
