"""Flask: the signed webhook, the dashboard, health. Views parse, call one step, and present; they never decide."""
