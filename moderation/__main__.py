"""``python -m moderation``: the operator's commands."""

from moderation.commands.program import program

if __name__ == "__main__":
    program(prog_name="python -m moderation")
