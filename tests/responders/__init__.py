"""Who answers: the chain and each of its links, without a socket."""
