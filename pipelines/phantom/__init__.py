"""The phantom: procedural operations that look and move like a laparoscopic cholecystectomy."""
