"""What a run leaves for the teacher: tables, pages, and files for learning platforms."""
