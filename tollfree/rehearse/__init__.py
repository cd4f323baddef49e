"""Rehearsals: scripted callers against a project, through the same door as everybody else."""
