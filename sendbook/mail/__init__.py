"""Mail that cannot go astray: who may get what, the letter, the outbox, and the ways out of the school."""
