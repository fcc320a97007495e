"""The faults responder, in memory."""
