"""Tillgate: the package that every function shares.

Imports point one way: functions -> use_cases -> domain; store, connectors and api import the domain; the domain imports
nothing of ours.
"""
