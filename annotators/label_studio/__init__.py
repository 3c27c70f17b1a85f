"""Label Studio: the page that people review on, what is sent to it and what comes back."""
