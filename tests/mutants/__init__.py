"""Mutation tests: small faults are put into the product at random; the tests of the same folder ought to notice."""
