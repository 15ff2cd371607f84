"""Call an answer, compare what it returns, and explain what is wrong with it."""
