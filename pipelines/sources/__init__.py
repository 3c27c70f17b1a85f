"""Sources: one dataset a file; `format` in params.yaml names the file."""
