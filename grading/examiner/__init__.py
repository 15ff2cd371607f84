"""Run one submission in a sandbox; nothing here imports the rest of the project.

`python -I grading/examiner` runs it, with a job on standard input (see job.py). Only this
folder travels to the workers of a cluster.
"""
