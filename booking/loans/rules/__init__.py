"""The law of credit lines: balances, schedules, and how a bank's file is read."""
