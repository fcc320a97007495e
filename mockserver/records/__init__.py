"""What a tenant holds, and what may be done to it. Must not know bytes on a wire, HTTP, or who answers."""
