"""Grade a class's exercises, each student's code in a sandbox of its own."""
