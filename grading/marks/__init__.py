"""Marks: nbgrader's pipeline, its gradebook, and points that the teacher gives by hand."""
