"""Texts the policy writes, and what is measured on them."""
