"""How sampled chains become training chains: one file a pathway."""
