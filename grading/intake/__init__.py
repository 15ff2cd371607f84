"""From an export of a learning platform to jobs: files, names, class lists, submissions."""
