"""What is known of the centre's databases and of the data it could hand over: values, no reach."""
