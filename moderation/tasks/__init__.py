"""Celery's side: each job's body is one call into a step."""
