"""The Excel add-in: building `Sendbook.xlam`, putting it in place for one user, and telling what is in place."""
