"""SurgBench's rooms: suites, who is asked, what was answered, results, the page."""
