"""What operators look at beside the tables: figures of CloudWatch, and queues."""
