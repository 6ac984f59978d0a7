"""What a visit to a web address is, and what may come of it: values, no traffic."""
