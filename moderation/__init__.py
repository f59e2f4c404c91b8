"""Alochona (আলোচনা): moderates the readers' comments of news sites.

The flow, step by step; the row in PostgreSQL is the truth, a broker message only a hint:

1. ``web.webhook``    a signed event arrives      → ``steps.receiving``     stores it, notes ``score_comments``
2. ``tasks``          the job drains what waits   → ``steps.scoring``       stores scores (``steps.analysing``)
3.                    the site's policy is asked  → ``steps.routing``       decides now, or holds for a person
4. ``web.dashboard``  a moderator works the queue → ``steps.reviewing``     claims, releases
5.                    a person, policy or site    → ``steps.deciding``      records it, notes ``deliver_callbacks``
6. ``tasks``          the job drains what is due  → ``steps.calling_back``  one signed attempt each
7. ``commands``       the operator                → ``steps.retraining``    decisions → train → compare → promote
*. ``tasks``          beat, every few seconds     → ``steps.sweeping``      announces again what waited too long
"""
