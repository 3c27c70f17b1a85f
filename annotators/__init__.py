"""Who writes and who reviews: teachers, prompts, the ledger, Label Studio."""
