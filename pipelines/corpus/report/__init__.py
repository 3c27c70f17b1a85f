"""The report: the whole corpus on one page that opens without a server or a network."""
