"""What an operator does from the command line: ``python -m moderation …``. Each command calls one step."""
