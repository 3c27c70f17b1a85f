"""Teachers: who writes drafts; `draft.teacher` in params.yaml names the file."""
