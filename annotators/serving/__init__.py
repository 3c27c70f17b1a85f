"""Talking to servers that speak the OpenAI chat protocol, without trusting them."""
