"""Agreement between people: coefficients by public libraries, intervals over surgeries."""
