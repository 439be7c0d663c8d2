"""Telling people: letters that leave the house after the deed that caused them."""
