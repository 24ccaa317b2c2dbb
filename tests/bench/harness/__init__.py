"""The measuring half of scripts/bench. Read command.py first, then the module of the subcommand."""
