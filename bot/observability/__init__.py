"""What can be seen of the running bot from outside, without a secret, a text or an id of a person.

In: log records, counts, ids of people and updates.
Out: redacted lines or JSON, Prometheus metrics, pseudonyms, figures of the process.
"""
