"""The tests; one file per module of the program, under the same path."""
