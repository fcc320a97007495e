"""How fast, how soon and how big: measured beside a bare aiohttp server, so that the machine cancels out."""
