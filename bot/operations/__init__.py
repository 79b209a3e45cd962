"""What keeps a bot running: backup and restore, the doctor's checks, health, the monitoring server, clock and locks.

In: settings, the data directory, the running bot's parts.
Out: an archive, findings with what to do about each, /health and /metrics; a BotError with one line of advice.
"""
